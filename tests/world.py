"""A small world of its own: a project on disk, what may happen to it, and what a run from nothing makes of it."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from cxunify import pipeline
from cxunify.cli.session import new_run_id, open_warehouse
from cxunify.config import Config, load
from sample_data.generate import SMALLEST, generate
from sample_data.world.rates import DIRTY

ROOT = Path(__file__).parent.parent
Rows = list[tuple[Any, ...]]


def small(folder: Path, seed: int = 1, people: int = SMALLEST, country: str = "US") -> Config:
    """A project around the smallest world that the generator makes, or one of more people, or of another country."""
    generate(folder, people, seed, country, DIRTY)
    text = (ROOT / "configs" / "sample.yaml").read_text(encoding="utf-8")
    for old, new in {
        "../sample_data/": "",
        "../demo/": "",
        "web_events.ndjson": "web_events*.ndjson",
        "region: US": f"region: {country}",
    }.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "cxunify.yaml").write_text(text, encoding="utf-8")
    return load(folder / "cxunify.yaml")


def copied(config: Config, folder: Path) -> Config:
    """A copy of a project, to be changed."""
    shutil.copytree(config.root, folder, symlinks=True)
    return load(folder / "cxunify.yaml")


# -- what may happen to it -----------------------------------------------------------------------------------------------


def cut(config: Config, name: str, lines: int) -> None:
    """The last lines of an extract are missing."""
    path = config.root / "extracts" / name
    whole = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(whole[:-lines]), encoding="utf-8")


def add_person(config: Config, number: int = 1) -> None:
    """Somebody new is in the CRM."""
    row = {
        "Id": f"new-{number}", "FirstName": f"Zebulon{number}", "LastName": f"Quigley{number}",
        "Email": f"zq{number}@mail.example.net",
    }  # fmt: skip
    add_row(config, "crm_contacts.csv", row)


def add_row(config: Config, name: str, row: dict[str, str]) -> None:
    """One more row of an extract; cells that are not given are empty."""
    path = config.root / "extracts" / name
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, restval="").writerow(row)


def add_clicks(config: Config, number: int) -> None:
    """One more file of web events: those of the first one under other ids, at the same instants, so that order decides."""
    folder = config.root / "extracts"
    for line in (folder / "web_events.ndjson").read_text(encoding="utf-8").splitlines()[:20]:
        event = json.loads(line)
        event["messageId"] = f"{event['messageId']}-{number}"
        with (folder / f"web_events_{number}.ndjson").open("a", encoding="utf-8") as file:
            file.write(json.dumps(event) + "\n")


# -- what is published ---------------------------------------------------------------------------------------------------


def owners(config: Config) -> dict[tuple[str, str], str]:
    """The customer of each record, as published."""
    frame = pl.read_parquet(config.output_path / "current" / "identity_map.parquet")
    return {(row["source"], row["record_id"]): row["customer_id"] for row in frame.iter_rows(named=True)}


def frames(config: Config) -> Iterator[tuple[str, pl.DataFrame]]:
    """Every published table, by name."""
    for path in sorted((config.output_path / "current").resolve().iterdir()):
        if path.suffix == ".parquet" or any(path.glob("*/*.parquet")):
            yield path.stem, pl.read_parquet(path / "**" / "*.parquet" if path.is_dir() else path)


def published(config: Config) -> dict[str, Rows]:
    """Every published table but the changes of ids and the draws from them; rows in order, each customer named by its first record.

    Ids are carried over from run to run, and so differ from those of a run from nothing; what they stand for may not.
    """
    named: dict[str, str] = {}
    for (source, record_id), customer in sorted(owners(config).items()):
        named.setdefault(customer, f"{source}:{record_id}")
    folder = config.output_path / "current"
    households = pl.read_parquet(folder / "customers.parquet").select("customer_id", "household_id").drop_nulls()
    homes: dict[str, str] = {}
    for customer, home in sorted((named.get(one, one), home) for one, home in households.iter_rows()):
        homes.setdefault(home, customer)
    found = {}
    for table, frame in frames(config):
        if table in {"identity_changes", "assignments"}:
            continue
        whose = [
            pl.col(column).replace(names)
            for column, names in (("customer_id", named), ("household_id", homes))
            if column in frame.columns
        ]
        found[table] = sorted(frame.with_columns(whose).rows(), key=repr)
    return found


def from_nothing(config: Config) -> dict[str, Rows]:
    """What is published by a project that has only the extracts, the settings and the model."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "project"
        folder.mkdir()
        shutil.copytree(config.root / "extracts", folder / "extracts")
        for file in ("cxunify.yaml", "identity_model.json", "decisions.csv", "warehouse.key"):
            if (config.root / file).exists():
                shutil.copy(config.root / file, folder)
        fresh = load(folder / "cxunify.yaml")
        with open_warehouse(fresh) as warehouse:
            pipeline.run(warehouse, fresh, pipeline.Request(new_run_id()), lambda _: None)
        return published(fresh)
