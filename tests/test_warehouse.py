"""Stage and Warehouse: tables appear whole or not at all, keep their grain, and touch no file they were not given."""

import os
import stat
from pathlib import Path

import polars as pl
import pytest

from cxunify.errors import ContractError, StorageError
from cxunify.schema import Table
from cxunify.warehouse import Stage, Warehouse, literal, quote


def test_a_stage_becomes_a_table_with_its_meaning() -> None:
    told = []
    with Warehouse.open(listener=lambda table, rows, _: told.append((table, rows))) as warehouse:
        warehouse.build(
            [
                Stage(
                    Table("a.numbers", "One row per 'number'.", ("n",)),
                    "select range as n, $factor * range as m from range(3)",
                )
            ],
            {"factor": 2, "unused": 1},
        )
        assert warehouse.rows("select n, m from a.numbers order by n") == [(0, 0), (1, 2), (2, 4)]
        assert (
            warehouse.scalar("select comment from duckdb_tables() where table_name = 'numbers'")
            == "One row per 'number'."
        )
        assert warehouse.columns("a.numbers") == {"n": "BIGINT", "m": "BIGINT"}
        assert warehouse.exists("a.numbers") and not warehouse.exists("a.nothing")
    assert told == [("a.numbers", 3)]


def test_a_broken_grain_leaves_the_old_table() -> None:
    with Warehouse.open() as warehouse:
        warehouse.build([Stage(Table("a.b", "", ("n",)), "select 1 as n")])
        with pytest.raises(ContractError, match="one row per"):
            warehouse.build([Stage(Table("a.b", "", ("n",)), "select 1 as n from range(3)")])
        assert warehouse.rows("from a.b") == [(1,)]


def test_a_frame_is_written_and_read_back() -> None:
    frame = pl.DataFrame({"key": ["a", "b"], "value": [1.5, None]})
    with Warehouse.open() as warehouse:
        warehouse.write(Stage(Table("a.frame", "", ("key",)), ""), frame)
        assert warehouse.frame("from a.frame order by key").equals(frame)


def test_a_failed_transaction_changes_nothing() -> None:
    with Warehouse.open() as warehouse:
        warehouse.build([Stage(Table("a.b", ""), "select 1 as n")])
        with pytest.raises(RuntimeError), warehouse.transaction():
            warehouse.build([Stage(Table("a.b", ""), "select 2 as n")])
            raise RuntimeError
        assert warehouse.rows("from a.b") == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{outside}')",
        "select * from read_text('{inside}/../outside.csv')",
        "select * from read_csv('{inside}/link.csv')",
        "copy (select 1) to '{outside}'",
        "attach '{outside}'",
        "install httpfs",
        "set memory_limit = '1GB'",
        "select * from 'http://localhost/x.parquet'",
    ],
)
def test_sql_reaches_no_file_outside_its_folders(sql: str, tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside.csv"
    inside.mkdir()
    outside.write_text("a\n1\n")
    (inside / "link.csv").symlink_to(outside)
    with Warehouse.open(inside / "w.duckdb", directories=[inside]) as warehouse:
        with pytest.raises(Exception, match=r"(?i)permission|access|disabled|locked|cannot"):
            warehouse.rows(sql.format(inside=inside, outside=outside))
    assert outside.read_text() == "a\n1\n"


def test_state_and_runs_are_remembered(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with Warehouse.open(path) as warehouse:
        with warehouse.recorded("r1", "ingest"):
            warehouse.remember("resolve", "f1", "r1")
        with pytest.raises(ValueError, match="no"), warehouse.recorded("r2", "run"):
            raise ValueError("no")
    with Warehouse.open(path) as warehouse:
        assert warehouse.fingerprint("resolve") == "f1"
        assert warehouse.fingerprint("profile") is None
        runs = warehouse.rows("select run_id, command, outcome from meta.runs order by run_id")
        assert runs == [("r1", "ingest", "done"), ("r2", "run", "ValueError")]


def test_not_a_database_is_a_storage_error(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_text("this is no database, and long enough to be looked at as one\n" * 100)
    with pytest.raises(StorageError, match="cannot open the warehouse"):
        Warehouse.open(path)


def test_names_and_texts_are_quoted() -> None:
    hostile = "a\"; drop table x; --'"
    with Warehouse.open() as warehouse:
        assert warehouse.rows(f"select {literal(hostile)} as {quote(hostile)}") == [(hostile,)]


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with Warehouse.open(tmp_path / "w.duckdb") as warehouse:
            warehouse.build([Stage(Table("a.b", ""), "select 1 as n")])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "w.duckdb").stat().st_mode) == 0o600
