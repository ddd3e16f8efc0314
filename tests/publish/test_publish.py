from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import stat
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from cxunify import pipeline, profile
from cxunify.cli.session import open_warehouse
from cxunify.config import Config
from cxunify.errors import InputError, StorageError
from cxunify.publish import OUTPUTS, manifest, publish, versions
from cxunify.schema import PUBLISHED
from cxunify.warehouse import Warehouse
from tests import world
from tests.cli.project import FORKS
from tests.profile.fakes import config, warehouse
from tests.tables import note

RECORDS = [
    {"source": "contacts", "record_id": f"p{number}", "customer": f"c{number:03}", "given_name": f"Ada{number}",
     "family_name": "Lovelace", "emails": [f"ada{number}@mail.example"], "birth_date": "1815-12-10", "street": "1 Road",
     "consent": {"email": True}, "created_at": "2020-01-01"}
    for number in range(40)
]  # fmt: skip
INTERACTIONS = [
    {"source": "receipts", "interaction_id": f"r{number}", "kind": "purchase", "amount": number, "location": "S1",
     "customer": f"c{number % 40:03}" if number % 5 else None, "occurred_at": datetime(2022 + number % 3, 5, 1 + number % 28),
     "properties": {"till": "7"}}
    for number in range(300)
] + [
    {"source": "clicks", "interaction_id": f"e{number}", "customer": f"c{number:03}", "identifiers": {"device_id": f"d{number}"},
     "occurred_at": datetime(2024, 6, 1), "page": f"https://shop/p?email=ada{number}@mail.example"}
    for number in range(20)
]  # fmt: skip
IDENTIFIERS = [
    {
        "customer_id": f"c{number:03}",
        "type": "email",
        "value": f"ada{number}@mail.example",
        "first_seen_at": "2020-01-01",
    }
    for number in range(40)
]


def _project(folder: Path, **settings: Any) -> Config:
    made = config(**settings)
    made._root = folder
    made.output_path.mkdir(parents=True, exist_ok=True)
    return made


@pytest.fixture(scope="module")
def house() -> Iterator[Warehouse]:
    with _open() as opened:
        yield opened


def _open(threads: int = 1) -> Warehouse:
    # pytest makes its folders after this one is opened and locked, so it may write anywhere.
    opened = warehouse(RECORDS, INTERACTIONS, IDENTIFIERS, threads=threads, directories=[Path("/")])
    profile.build(opened, config())
    return opened


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }


def _read(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / name)


# -- what is there -----------------------------------------------------------------------------------------------------


def test_every_published_table_is_written_with_its_schema_and_its_rows(house: Warehouse, tmp_path: Path) -> None:
    made = _project(tmp_path)
    done = publish(house, made, "r1", documents={"report.html": "<p>"})
    assert [output.table for output in OUTPUTS] == list(PUBLISHED)
    for output in OUTPUTS:
        files = (
            sorted((done.folder / output.path).rglob("*.parquet")) if output.partition else [done.folder / output.path]
        )
        for file in files:
            found = pq.read_schema(file)
            assert found.names == [column.name for column in output.table.columns]
            assert all(found.field(name).nullable for name in found.names)
            meanings = {
                name: (found.field(name).metadata or {}).get(b"description", b"").decode() for name in found.names
            }
            assert meanings == {column.name: column.meaning for column in output.table.columns}
    assert done.rows["customers"] == 40
    assert done.rows["interactions"] == 320
    assert sorted(path.name for path in (done.folder / "interactions").iterdir()) == [
        "year=2022",
        "year=2023",
        "year=2024",
    ]
    assert (done.current / "report.html").read_text() == "<p>"


def test_an_empty_warehouse_publishes_every_table_with_the_same_schema(house: Warehouse, tmp_path: Path) -> None:
    full = publish(house, _project(tmp_path / "full"), "r1")
    with Warehouse.open(directories=[tmp_path]) as bare:
        empty = publish(bare, _project(tmp_path / "empty"), "r1")
    for output in OUTPUTS:
        path = output.path if not output.partition else f"{output.path}/**/*.parquet"
        described = [duckdb.sql(f"describe select * from '{run.folder}/{path}'").fetchall() for run in (full, empty)]
        if not output.partition:
            assert described[0] == described[1]
        assert empty.rows[output.table.name] == 0
    assert pl.scan_parquet(empty.folder / "interactions").collect().height == 0


def test_a_sum_that_money_cannot_hold_is_refused_and_the_largest_is_exact(tmp_path: Path) -> None:
    most = Decimal("9999999999999999.99")
    spent = [("c000", most - 1), ("c001", Decimal(1)), ("c002", Decimal("0.01"))]
    rows = [
        {"source": "receipts", "kind": "purchase", "amount": amount, "customer": customer, "occurred_at": "2024-01-01"}
        for customer, amount in spent
    ]
    made = _project(tmp_path)
    with warehouse(RECORDS[:3], rows[:2], directories=[Path("/")]) as full:
        profile.build(full, config())
        old = publish(full, made, "r1")
    assert _read(old.folder, "daily_totals.parquet")["amount"].to_list() == [most]
    with warehouse(RECORDS[:3], rows, directories=[Path("/")]) as over:
        with pytest.raises(InputError, match="too large for its column"):
            profile.build(over, config())
            publish(over, made, "r2")
    assert (made.output_path / "current").resolve() == old.folder.resolve()


def test_strangers_can_read_it(house: Warehouse, tmp_path: Path) -> None:
    folder = publish(house, _project(tmp_path), "r1").current
    count = duckdb.sql(f"select count(*) from '{folder}/interactions/**/*.parquet' where year = 2024").fetchall()
    lazy = pl.scan_parquet(folder / "interactions").filter(pl.col("year") == 2024).select(pl.len()).collect().item()
    assert count == [(lazy,)]
    assert len(pd.read_parquet(folder / "interactions")) == 320
    assert pq.read_table(folder / "customers.parquet").num_rows == 40
    assert pd.read_parquet(folder / "customers.parquet")["net_spend"].dtype == object  # decimals stay exact


def test_the_manifest_tells_the_truth(house: Warehouse, tmp_path: Path) -> None:
    done = publish(house, _project(tmp_path), "r1", gates=[{"gate": "rejects", "passed": True}])
    manifest = json.loads((done.folder / "manifest.json").read_text())
    files = [file for table in manifest["tables"] for file in table["files"]]
    assert {file["path"]: file["sha256"] for file in files} == _hashes(done.folder)
    assert manifest["run_id"] == "r1"
    assert {row["source"] for row in manifest["inputs"]} == {"contacts", "receipts", "clicks"}
    assert manifest["gates"] == [{"gate": "rejects", "passed": True}]
    assert sum(file["rows"] for file in files if file["path"].startswith("interactions/")) == 320


def test_a_customer_and_a_month_are_cheap_to_find(house: Warehouse, tmp_path: Path) -> None:
    folder = publish(house, _project(tmp_path), "r1").folder
    customers = _read(folder, "customers.parquet")["customer_id"].to_list()
    assert customers == sorted(customers)
    year = pl.read_parquet(folder / "interactions/year=2023/part-0.parquet")
    assert year.equals(
        year.sort("customer_id", "occurred_at", "source", "interaction_id", nulls_last=True, maintain_order=True)
    )


def test_equal_content_gives_equal_bytes_whatever_the_threads(house: Warehouse, tmp_path: Path) -> None:
    first = publish(house, _project(tmp_path / "a"), "r1")
    with _open(threads=2) as other:
        second = publish(other, _project(tmp_path / "b"), "another")
    assert _hashes(first.folder) == _hashes(second.folder)


# -- versions ----------------------------------------------------------------------------------------------------------


def test_everything_is_its_owners_alone_whatever_the_umask(house: Warehouse, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        done = publish(
            house, _project(tmp_path, publish={"personal_data": "hashed"}), "r1", documents={"report.json": "{}"}
        )
    finally:
        os.umask(old)
    paths = [tmp_path / "out" / "runs", done.folder, *done.folder.rglob("*")]
    wrong = {
        path: oct(stat.S_IMODE(path.stat().st_mode)) for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077
    }
    assert not wrong
    assert stat.S_IMODE((tmp_path / "warehouse.key").stat().st_mode) == 0o600


def test_only_the_newest_runs_stay_and_remains_are_cleared(house: Warehouse, tmp_path: Path) -> None:
    made = _project(tmp_path, publish={"keep": 2})
    for run in ("r1", "r2", "r3"):
        (tmp_path / "out" / "runs" / f"dead-{run}" / "interactions").mkdir(parents=True)
        (tmp_path / "out" / f".current.dead-{run}").symlink_to("nowhere")
        publish(house, made, run)
    assert sorted(path.name for path in (tmp_path / "out" / "runs").iterdir()) == ["r2", "r3"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["current", "current.json", "runs"]
    assert (tmp_path / "out" / "current").readlink() == Path("runs/r3")
    pointer = tmp_path / "out" / "current.json"
    said = {"run_id": "r3", "manifest": "runs/r3/manifest.json"}
    assert json.loads(pointer.read_text()) == said and stat.S_IMODE(pointer.stat().st_mode) == 0o600


@pytest.mark.parametrize("copied", [1, 5, 40, None])
def test_a_copy_without_links_holds_a_whole_run_at_every_moment(
    house: Warehouse, tmp_path: Path, copied: int | None
) -> None:
    """Copied in the order that docs/bi-tools.md says, and stopped after so many files of the second run."""
    made, store = _project(tmp_path), tmp_path / "store"
    publish(house, made, "r1")
    _copy(made.output_path, store)
    publish(house, made, "r2", afresh=True)
    _copy(made.output_path, store, copied)
    pointer = json.loads((store / "current.json").read_text())
    assert pointer["run_id"] == ("r2" if copied is None else "r1")
    described = json.loads((store / pointer["manifest"]).read_text())
    for entry in (file for table in described["tables"] for file in table["files"]):
        path = (store / pointer["manifest"]).parent / entry["path"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]


def _copy(out: Path, store: Path, most: int | None = None) -> None:
    """Files of runs, their manifests, the pointer; no link."""
    files = sorted(path for path in (out / "runs").rglob("*") if path.is_file())
    files.sort(key=lambda path: path.name == "manifest.json")
    new = [path for path in (*files, out / "current.json") if not (store / path.relative_to(out)).exists()]
    for path in [*new, out / "current.json"][:most]:
        (store / path.relative_to(out)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, store / path.relative_to(out))


def test_what_was_not_built_again_is_taken_over(tmp_path: Path) -> None:
    made = _project(tmp_path)
    with _open() as house:
        note(house, "first")
        profile.build(house, made)
        first = publish(house, made, "r1", documents={"report.html": "one"})
        second = publish(house, made, "r2")
        note(house, "second", "staging.records")
        profile.build(house, made)
        third = publish(house, made, "r3", documents={"report.html": "three"}, complete=False)

    def inode(run: Any, name: str) -> int:
        return (run.folder / name).stat().st_ino

    assert inode(first, "customers.parquet") == inode(second, "customers.parquet") != inode(third, "customers.parquet")
    assert inode(first, "identity_map.parquet") == inode(third, "identity_map.parquet")
    assert (second.folder / "report.html").read_text() == "one"
    assert (third.folder / "report.html").read_text() == "three"
    assert "identity_map" in third.carried and "gaps" in third.carried and "customers" not in third.carried


def test_years_in_which_nothing_happened_are_taken_over(tmp_path: Path) -> None:
    made = _project(tmp_path)
    with _open() as house:

        def told(run_id: str, changed: str = "false") -> tuple[dict[int, int], dict[str, Any]]:
            house.execute(f"update staging.interactions set kind_value = $run where {changed}", {"run": run_id})
            note(house, run_id)
            profile.build(house, made)
            run = publish(house, made, run_id)
            years = {
                year: run.folder / "interactions" / f"year={year}" / "part-0.parquet" for year in (2022, 2023, 2024)
            }
            afresh = publish(house, _project(tmp_path / run_id), "afresh", afresh=True)
            for file in years.values():
                other = afresh.folder / file.relative_to(run.folder)
                assert file.read_bytes() == other.read_bytes()
            entries = next(
                entry["files"]
                for entry in json.loads((run.folder / "manifest.json").read_text())["tables"]
                if entry["table"] == "interactions"
            )
            assert [entry["rows"] for entry in entries] == [100, 100, 120]
            return {year: file.stat().st_ino for year, file in years.items()}, entries

        told("r1")
        second, _ = told("r2", "source = 'receipts' and interaction_id = 'r2'")
        third, _ = told("r3", "source = 'receipts' and interaction_id = 'r5'")
        fourth, _ = told("r4", "source = 'receipts' and interaction_id = 'r1'")
    assert second[2022] == third[2022] == fourth[2022]
    assert second[2023] == third[2023] != fourth[2023]
    assert len({second[2024], third[2024], fourth[2024]}) == 3


def test_who_was_drawn_is_published_by_the_run_that_drew_him_and_stands_after_it(tmp_path: Path) -> None:
    """Rows that are looked up, where nothing that they are made from has changed, are those that are there."""
    project = world.small(tmp_path)
    runs = []
    for number in (0, 0, 0, 1, 0, 0, 0, 2, 0):
        if number:
            world.add_person(project, number)
        with open_warehouse(project) as warehouse:
            out = pipeline.run(warehouse, project, pipeline.Request(f"run {len(runs)}"), lambda _: None).published
            assert out is not None
            held = warehouse.frame("select customer_id, experiment, arm, run_id from ledger.assignments order by all")
        written = pl.read_parquet(out.current / "assignments.parquet", columns=held.columns, hive_partitioning=False)
        assert written.sort(held.columns).equals(held)
        runs.append(out.run_id)
    assert runs == ["run 0"] * 3 + ["run 3"] * 4 + ["run 7"] * 2


def test_another_key_makes_other_hashes_of_everything(tmp_path: Path) -> None:
    made = _project(tmp_path, publish={"personal_data": "hashed"})
    with _open() as house:
        note(house, "first")
        profile.build(house, made)
        first = publish(house, made, "r1")
        assert publish(house, made, "r2").run_id == first.run_id
        (tmp_path / "warehouse.key").unlink()
        with pytest.raises(StorageError, match="another key"):
            publish(house, made, "r3")
        second = publish(house, made, "r3", afresh=True)
    assert second.carried == ()
    names = [set(_read(run.folder, "customers.parquet")["family_name"].drop_nulls()) for run in (first, second)]
    assert not names[0] & names[1]


def test_another_currency_is_said_by_every_file(tmp_path: Path) -> None:
    with _open() as house:
        note(house, "first")
        profile.build(house, _project(tmp_path))
        publish(house, _project(tmp_path), "r1")
        second = publish(house, _project(tmp_path, currency="EUR"), "r2")
    assert second.carried == ()
    assert pq.read_metadata(second.folder / "customers.parquet").metadata[b"cxunify.currency"] == b"EUR"


def test_a_run_is_published_once(house: Warehouse, tmp_path: Path) -> None:
    made = _project(tmp_path)
    publish(house, made, "r1")
    with pytest.raises(StorageError, match="already published"):
        publish(house, made, "r1")


def test_a_folder_that_cannot_be_written_is_said_so(house: Warehouse, tmp_path: Path) -> None:
    made = _project(tmp_path)
    made.output_path.rmdir()
    made.output_path.write_text("a file where a folder should be")
    with pytest.raises(StorageError, match="cannot write into"):
        publish(house, made, "r1")


def test_readers_see_the_old_run_or_the_new_one_and_never_a_mixture(house: Warehouse, tmp_path: Path) -> None:
    made = _project(tmp_path)
    publish(house, made, "r00", documents={"a.txt": "r00", "b.txt": "r00"})
    stop, mixtures, seen = threading.Event(), [], set()

    def poll() -> None:
        while not stop.is_set():
            folder = (made.output_path / "current").resolve(strict=True)
            texts = {(folder / name).read_text() for name in ("a.txt", "b.txt")} | {
                json.loads((folder / "manifest.json").read_text())["run_id"]
            }
            seen.update(texts)
            if len(texts) != 1:
                mixtures.append(texts)

    reader = threading.Thread(target=poll)
    reader.start()
    for run in range(1, 8):
        folder = versions.begin(made.output_path, f"r{run:02}")
        for name in ("a.txt", "b.txt"):
            (folder / name).write_text(folder.name)
        (folder / "manifest.json").write_text(json.dumps({"run_id": folder.name}))
        versions.swap(made.output_path, folder)
        time.sleep(0.02)
    stop.set()
    reader.join()
    assert not mixtures
    assert len(seen) > 2


def _killed(folder: Path, run: str, name: str, moment: str) -> None:
    """Publish, and be killed before or after one step of it."""
    real = getattr(versions, name)

    def wrapped(*given: Any) -> None:
        if moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        real(*given)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(versions, name, wrapped)
    manifest.sync = versions.sync
    with _open() as house:
        publish(house, _project(folder), run, documents={"report.html": run})


def test_killed_anywhere_the_old_run_stands_and_the_next_one_works(house: Warehouse, tmp_path: Path) -> None:
    made = _project(tmp_path)
    old = publish(house, made, "r0", documents={"report.html": "r0"}).run_id
    moments = [("settle", "before"), ("sync", "after"), ("swap", "before"), ("swap", "after"), ("prune", "before")]
    for at, (name, moment) in enumerate(moments, 1):
        new = f"r{at}"
        victim = FORKS.Process(target=_killed, args=(tmp_path, new, name, moment))
        victim.start()
        victim.join()
        assert victim.exitcode == -signal.SIGKILL
        folder = (made.output_path / "current").resolve(strict=True)
        told = json.loads((folder / "manifest.json").read_text())
        assert told["run_id"] == (folder / "report.html").read_text() == folder.name
        assert folder.name == (new if name == "prune" or (name, moment) == ("swap", "after") else old)
        assert {file["path"]: file["sha256"] for table in told["tables"] for file in table["files"]} == _hashes(folder)
        old = folder.name
    assert publish(house, made, "r9").current.resolve().name == "r9"
    assert not list(made.output_path.glob(".current.*"))


# -- personal data -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["hashed", "none"])
def test_no_personal_value_leaves_where_it_should_not(house: Warehouse, tmp_path: Path, mode: str) -> None:
    made = _project(tmp_path, publish={"personal_data": mode})
    folder = publish(house, made, "r1").folder
    for file in folder.rglob("*.parquet"):
        text = str(pl.read_parquet(file).to_dicts())
        for value in ("ada1@mail.example", "Lovelace", "Ada1", "1815-", "1 Road", "device:d1", "till"):
            assert value not in text, (file, value)
    customers = _read(folder, "customers.parquet")
    assert customers["consent_email"].to_list() == [True] * 40
    assert customers["net_spend"].sum() == _read(folder, "customer_channels.parquet")["net_spend"].sum()
    names = customers["family_name"].drop_nulls()
    assert (len(names.unique()), len(names)) == ((1, 40) if mode == "hashed" else (0, 0))


def test_hashes_are_keyed_equal_across_tables_and_as_the_standard_says(house: Warehouse, tmp_path: Path) -> None:
    import hmac

    made = _project(tmp_path, publish={"personal_data": "keyed"})
    folder = publish(house, made, "r1").folder
    key = bytes.fromhex((tmp_path / "warehouse.key").read_text())
    expected = hmac.new(key, b"ada7@mail.example", "sha256").hexdigest()
    customers = _read(folder, "customers.parquet").filter(pl.col("customer_id") == "c007")
    assert customers["email"].to_list() == [expected]
    assert expected in _read(folder, "identifiers.parquet")["value"].to_list()
    assert not list((tmp_path / "out").rglob("*.key"))
    again = publish(house, made, "r2").folder
    assert _hashes(again) == _hashes(folder)
