"""Months of a company, as they come: each refresh publishes, byte for byte, what a run without a warehouse would; ids stay.

Every month people are new, move house or marry, the CRM merges accounts, and the tills bring a file of the month; and something
goes wrong: an extract comes a month late, twice, corrected, or not at all. `CXUNIFY_MONTHS=24 pytest tests/test_months.py`
(`make soak`) lives through two years of several hundred people; the gate through a few months of few.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
import yaml

from cxunify import difference, pipeline
from cxunify.cli.session import open_warehouse
from cxunify.config import Config, load
from sample_data.generate import generate
from sample_data.world.rates import DIRTY
from tests import world
from tests.test_sequences import FIXED

MONTHS = int(os.environ.get("CXUNIFY_MONTHS", "4"))
PEOPLE = 60 if MONTHS < 24 else 400
FIRST = date(2024, 1, 1)
EVENTS = {
    "crm_cases.csv": "CreatedDate", "pos_receipts.csv": "Date", "mail_events.csv": "Timestamp", "survey_nps.csv": "created_at",
    "web_events.ndjson": "timestamp",
}  # fmt: skip
"""Extracts of events, each with the column of its time: every month has a file of its own."""
WRONG = ("late", "doubled", "corrected", "gone")
KEPT = 0.995
"""Of customers whose records are the same, how many must keep their id."""


@dataclass
class Company:
    """What the systems of a company know, of which a project is given a month at a time."""

    folder: Path
    whole: Path
    seed: int = 3
    held_back: dict[str, str] = field(default_factory=dict)
    """Files that are late, to come with the next month's."""

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        generate(self.whole, PEOPLE, self.seed, "US", DIRTY)
        self.tables = {path.stem: _read(path) for path in sorted((self.whole / "extracts").glob("*.csv"))}
        owner = pl.read_csv(self.whole / "truth" / "truth.csv").filter(pl.col("source") == "contacts")
        self.person_of = dict(owner.select("record_id", "person_id").iter_rows())
        (self.folder / "extracts").mkdir(parents=True)
        text = (world.ROOT / "configs" / "sample.yaml").read_text(encoding="utf-8").replace("../demo/", "")
        self.settings = yaml.safe_load(text.replace("../sample_data/", "") + FIXED)
        for source in self.settings["sources"].values():
            source.pop("load", None)
            stem, _, suffix = source["files"].removeprefix("extracts/").partition(".")
            if f"{stem}.{suffix}" in EVENTS:
                source |= {"files": f"extracts/{stem}_*.{suffix}", "load": "append"}
        bought = {name: {"column": name, "optional": True} for name in ("revenue", "currency", "orderId")}
        self.settings["sources"]["web_events"]["interaction"] |= {  # a month's file may be without an order
            "amount": bought["revenue"], "currency": bought["currency"], "properties": {"order": bought["orderId"]},
        }  # fmt: skip

    @property
    def config(self) -> Config:
        return load(self.folder / "cxunify.yaml")

    def month(self, number: int) -> str:
        """Bring the extracts of a month; return what went wrong with them."""
        until = _month(number + 1)
        self._people(number, until)
        events = {_named(name, number): self._events(name, number) for name in EVENTS}
        coming = self.held_back | {name: text for name, text in events.items() if text.count("\n") > 1}
        self.held_back = {}
        wrong = WRONG[number % len(WRONG)] if number else ""
        receipts = _named("pos_receipts.csv", number)
        match wrong:
            case "late":
                self.held_back = {receipts: coming.pop(receipts)}
            case "doubled":  # the file as it is, and its lines once more among others
                coming[receipts.replace(".csv", "_again.csv")] = coming[receipts]
                name = _named("web_events.ndjson", number)
                coming[name.replace(".ndjson", "_retry.ndjson")] = "".join(coming[name].splitlines(keepends=True)[::2])
            case "corrected":
                earlier = self.folder / "extracts" / _named("pos_receipts.csv", number - 1)
                coming[receipts.replace(".csv", "_corrected.csv")] = self._corrected(earlier)
            case "gone":
                del coming[_named("web_events.ndjson", number)]
        for name, text in coming.items():
            (self.folder / "extracts" / name).write_text(text, encoding="utf-8")
        begun = {
            name: source for name, source in self.settings["sources"].items() if [*self.folder.glob(source["files"])]
        }
        text = yaml.safe_dump({**self.settings, "sources": begun}, sort_keys=False, allow_unicode=True)
        (self.folder / "cxunify.yaml").write_text(text, encoding="utf-8")
        return wrong

    def _people(self, number: int, until: str) -> None:
        """Who is known by then; some have moved house, married or been merged."""
        contacts = self.tables["crm_contacts"]
        known = [row for row in contacts if row["CreatedDate"] < until]
        for row in self.dice.sample(known, min(3, len(known))):
            row |= {
                "MailingStreet": f"{self.dice.randint(1, 999)} Harbor Lane",
                "LastModifiedDate": f"{until}T00:00:00.000Z",
            }
        for row in self.dice.sample(known, min(2, len(known))):
            row |= {"LastName": f"{row['LastName']}-Okonkwo{number}", "LastModifiedDate": f"{until}T00:00:00.000Z"}
        twice: dict[str, list[dict[str, str]]] = {}
        for row in known:
            if not row["MasterRecordId"]:
                twice.setdefault(self.person_of[row["Id"]], []).append(row)
        if several := [rows for rows in twice.values() if len(rows) > 1]:
            kept, given_up = self.dice.choice(several)[:2]
            given_up |= {"IsDeleted": "true", "MasterRecordId": kept["Id"]}
        _write(self.folder / "extracts" / "crm_contacts.csv", known, contacts[0])
        customers = self.tables["pos_customers"]
        seen = [row for row in customers if row["First Visit"] < until]
        _write(self.folder / "extracts" / "pos_customers.csv", seen, customers[0])
        accounts = self.tables["web_accounts"]
        some = accounts[: max(5, len(accounts) * (number + 1) // 24)]
        _write(self.folder / "extracts" / "web_accounts.csv", some, accounts[0])

    def _events(self, name: str, number: int) -> str:
        """The file of a month."""
        column, first, last = EVENTS[name], _month(number), _month(number + 1)
        if name.endswith(".ndjson"):
            lines = (self.whole / "extracts" / name).read_text(encoding="utf-8").splitlines(keepends=True)
            return "".join(line for line in lines if first <= json.loads(line)[column] < last)
        rows = self.tables[name.removesuffix(".csv")]
        return _text([row for row in rows if first <= row[column] < last], rows[0])

    def _corrected(self, earlier: Path) -> str:
        """Receipts of the month before, with other amounts: whole receipts, since what they say takes the place of the first."""
        rows = _read(earlier)
        some = {row["Transaction ID"] for row in self.dice.sample(rows, min(3, len(rows)))}
        right = [row for row in rows if row["Transaction ID"] in some]
        return _text([{**row, "Net Sales": "$7.77"} for row in right], rows[0])


def test_every_month_equals_a_run_without_a_warehouse_and_ids_stay(tmp_path: Path) -> None:
    company = Company(tmp_path / "project", tmp_path / "whole")
    before: dict[tuple[str, str], str] = {}
    for number in range(MONTHS):
        wrong = company.month(number)
        other = _without_warehouse(company.config, tmp_path / "other")
        run = f"2026{number:02}"
        _run(company.config, run, force=False)
        _run(other, run, force=True)
        found, expected = _bytes(company.config), _bytes(other)
        assert found.keys() == expected.keys()
        assert not [name for name in found if found[name] != expected[name]], (number, wrong)
        after = world.owners(company.config)
        _hold_ids(before, after)
        if number:
            _hold_explained(company.config, run, before, after)
        before = after
        shutil.rmtree(tmp_path / "other")


def _run(config: Config, run: str, *, force: bool) -> None:
    with open_warehouse(config) as warehouse:
        pipeline.run(warehouse, config, pipeline.Request(run, force=force, gated=True), lambda _: None)


def _without_warehouse(config: Config, folder: Path) -> Config:
    """The project as it is before a run, but that its warehouse is gone."""
    copied = world.copied(config, folder)
    copied.warehouse_path.unlink(missing_ok=True)
    return copied


def _bytes(config: Config) -> dict[str, bytes]:
    folder = (config.output_path / "current").resolve()
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def _hold_ids(before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]) -> None:
    """Customers whose records are what they were keep their ids."""
    was, is_now = _grouped(before), _grouped(after)
    unchanged = was.keys() & is_now.keys()
    kept = sum(was[records] == is_now[records] for records in unchanged)
    assert not before or (unchanged and kept >= KEPT * len(unchanged)), (kept, len(unchanged))


def _grouped(owners: dict[tuple[str, str], str]) -> dict[frozenset[tuple[str, str]], str]:
    records: dict[str, set[tuple[str, str]]] = {}
    for record, customer in owners.items():
        records.setdefault(customer, set()).add(record)
    return {frozenset(of): customer for customer, of in records.items()}


def _hold_explained(
    config: Config, run: str, before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]
) -> None:
    """Every id that came, went or changed hands is told with its cause, and `diff` counts the same."""
    changes = pl.read_parquet(config.output_path / "current" / "identity_changes.parquet").filter(
        pl.col("run_id") == run
    )
    told = {(row["kind"], row["old_id"], row["new_id"]) for row in changes.iter_rows(named=True)}
    assert changes["cause"].null_count() == 0
    came = {new for kind, _, new in told if kind in {"new", "split", "returned"}}
    went = {old for kind, old, _ in told if kind in {"merged", "erased"}}
    pairs = {(old, new) for kind, old, new in told if kind in {"merged", "split"}}
    assert set(after.values()) - set(before.values()) <= came
    assert set(before.values()) - set(after.values()) <= went
    moved = {(before[record], after[record]) for record in before.keys() & after.keys()}
    assert {pair for pair in moved if pair[0] != pair[1]} <= pairs
    said = difference.between(config, None, run)
    assert sum(said.counts.values()) == len(told)
    assert said.causes


def _month(number: int) -> str:
    return f"{FIRST.year + number // 12}-{number % 12 + 1:02}-01"


def _named(name: str, number: int) -> str:
    stem, _, suffix = name.partition(".")
    return f"{stem}_{_month(number)[:7]}.{suffix}"


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]], like: dict[str, str]) -> None:
    path.write_text(_text(rows, like), encoding="utf-8")


def _text(rows: list[dict[str, str]], like: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(like), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
