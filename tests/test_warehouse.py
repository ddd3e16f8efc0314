"""Stage and Warehouse: tables appear whole or not at all, keep their grain, and touch no file they were not given."""

import os
import stat
from pathlib import Path

import polars as pl
import pytest

from cxunify.errors import ContractError, DamageError, MemoryShort, StorageError
from cxunify.schema import Column, Table
from cxunify.warehouse import Loop, Stage, Step, Warehouse, literal, quote
from cxunify.warehouse.frugal import frugally


def test_a_stage_becomes_a_table_with_its_meaning() -> None:
    told = []
    with Warehouse.open(listener=lambda table, rows, *_: told.append((table, rows))) as warehouse:
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


SPILLING = "create temp table t as select hash(range)::varchar || hash(range + 1)::varchar as a from range(3000000)"


@pytest.mark.parametrize("in_memory", [True, False])
def test_what_is_spilled_is_bounded_and_gone_afterwards(tmp_path: Path, in_memory: bool) -> None:
    path = None if in_memory else tmp_path / "w.duckdb"
    with Warehouse.open(path, memory="60MB", threads=1, disk="1MB") as warehouse:
        with pytest.raises(StorageError, match="needs more disk than it may have"):
            warehouse.execute(SPILLING)
        spill = Path(warehouse.scalar("select current_setting('temp_directory')"))
    assert not spill.exists()
    with Warehouse.open(path, memory="60MB", threads=1) as warehouse:
        assert warehouse.scalar("select current_setting('max_temp_directory_size')").endswith("iB")
        warehouse.execute(SPILLING)
        assert warehouse.scalar("select count(*) from t") == 3_000_000
    assert not spill.exists()


def test_a_frame_is_written_and_read_back() -> None:
    frame = pl.DataFrame({"key": ["a", "b"], "value": [1.5, None]})
    with Warehouse.open() as warehouse:
        warehouse.write(Table("a.frame", "", ("key",)), frame)
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
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "set temp_directory = '{outside}'",
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


def test_runs_are_logged(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with Warehouse.open(path) as warehouse:
        with warehouse.recorded("r1", "ingest"):
            warehouse.note("resolve", "f1")
        with pytest.raises(ValueError, match="no"), warehouse.recorded("r2", "run"):
            raise ValueError("no")
    with Warehouse.open(path) as warehouse:
        assert warehouse.noted("resolve") == ("f1", "f1")
        assert warehouse.noted("profile") == ("", "")
        runs = warehouse.rows("select run_id, command, outcome from meta.runs order by run_id")
        assert runs == [("r1", "ingest", "done"), ("r2", "run", "ValueError")]


def test_a_contract_is_held() -> None:
    table = Table("a.b", "One row.", (), (Column("n", "INTEGER", ""), Column("m", "VARCHAR", "")))
    with Warehouse.open() as warehouse:
        warehouse.build([Stage(table, "select 1 as n, 'x' as m")])
        for wrong in (
            "select 1::bigint as n, 'x' as m",
            "select 1 as n",
            "select 'x' as m, 1 as n",
            "select 1 as n, 'x' as m, 2 as o",
        ):
            with pytest.raises(ContractError, match=r"a\.b is not as its contract says"):
                warehouse.build([Stage(table, wrong)])
        assert warehouse.rows("from a.b") == [(1, "x")]


# -- up to date ----------------------------------------------------------------------------------------------------------


def _steps(rule: str = "n", times: int = 1) -> tuple[Step, ...]:
    """Five tables: raw -> temporary -> stage -> loop -> view."""
    return (
        Stage(Table("temp.halves", "Halves."), f"select n / 2 as half, {rule} as n from staging.numbers"),
        Stage(
            Table("identity.few", "Those below 3.", ("n",)),
            "select half, n from temp.halves where n < 3",
        ),
        Loop(
            Table("profile.many", "More."), repeated, {"few": "select n from identity.few order by n"}, {"times": times}
        ),
        Stage(Table("quality.seen", "A view."), "select n from profile.many", is_view=True),
        Stage(Table("quality.bound", "Bound."), "select $bound as b from profile.many"),
    )


def repeated(few: pl.DataFrame, times: int) -> pl.DataFrame:
    """The rows, so many times."""
    return pl.concat([few] * times)


def _run(warehouse: Warehouse, steps: tuple[Step, ...], bound: int = 1) -> list[str]:
    """The tables that were built again, as `stale` had said they would at most be."""
    said = warehouse.stale(steps, {"bound": bound})
    built = warehouse.run(steps, {"bound": bound})
    assert set(built) <= set(said)
    assert not warehouse.stale(steps, {"bound": bound})
    return [name.split(".")[1] for name in built]


def test_what_has_changed_is_built_again_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with Warehouse.open(path) as warehouse:
        warehouse.build([Stage(Table("staging.numbers", ""), "select range as n from range(5)")])
        warehouse.note("staging.numbers", "first")
        assert _run(warehouse, _steps()) == ["few", "many", "seen", "bound"]
        assert _run(warehouse, _steps()) == []
    with Warehouse.open(path) as warehouse:  # temporary tables are gone, and nobody needs them
        assert _run(warehouse, _steps()) == []
        # A setting of a loop, and what follows from it.
        assert _run(warehouse, _steps(times=2)) == ["many", "seen", "bound"]
        assert warehouse.scalar("select count(*) from quality.seen") == 6
        # A bound value: only of those that bind it.
        assert _run(warehouse, _steps(times=2), bound=2) == ["bound"]
        # Another input that gives the same rows: what reads them stands.
        warehouse.execute("insert into staging.numbers values (7)")
        warehouse.note("staging.numbers", "second")
        assert _run(warehouse, _steps(times=2), bound=2) == ["few"]
        # Another rule, two tables up.
        assert _run(warehouse, _steps("n - 1", times=2), bound=2) == ["few", "many", "seen", "bound"]
        assert warehouse.scalar("select count(*) from quality.seen") == 8
        # A table that somebody has dropped, and an input that nobody has noted.
        warehouse.execute("drop table quality.bound")
        assert _run(warehouse, _steps("n - 1", times=2), bound=2) == ["bound"]
        warehouse.note("staging.numbers", "")
        assert warehouse.run(_steps("n - 1", times=2), {"bound": 2})[0] == "identity.few"


def test_rows_are_told_apart_by_all_their_columns() -> None:
    with Warehouse.open() as warehouse:
        warehouse.build([Stage(Table("staging.a", ""), "select 'crm' as source, 1 as n")])
        before = warehouse.hash_of("staging.a"), warehouse.rows_of("staging.a")
        warehouse.build([Stage(Table("staging.a", ""), "select 'crm' as source, 2 as n")])
        assert warehouse.hash_of("staging.a") != before[0], "a column of the name of an alias is a column"
        warehouse.build([Stage(Table("staging.a", ""), "select 'crm' as source, 1::bigint as n")])
        assert warehouse.rows_of("staging.a") != before[1], "equal values of another type are another content"


def test_a_table_of_which_nothing_was_known_is_known_once_it_is_built() -> None:
    with Warehouse.open() as warehouse:
        warehouse.build([Stage(Table("staging.numbers", ""), "select range as n from range(5)")])
        assert _run_at_all(warehouse) == ["few", "many", "seen", "bound"]
        assert _run_at_all(warehouse) == ["few", "many", "seen", "bound"], "nobody knows what it reads"
        warehouse.note("staging.numbers", "first")
        assert _run_at_all(warehouse) == ["few", "many", "seen", "bound"]
        assert _run_at_all(warehouse) == []


def _run_at_all(warehouse: Warehouse) -> list[str]:
    return [name.split(".")[1] for name in warehouse.run(_steps(), {"bound": 1})]


def test_a_rehearsal_leaves_everything_up_to_date_as_it_was() -> None:
    with Warehouse.open() as warehouse:
        warehouse.build([Stage(Table("staging.numbers", ""), "select range as n from range(5)")])
        warehouse.note("staging.numbers", "first")
        _run(warehouse, _steps())
        with warehouse.rehearsal():
            assert _run(warehouse, _steps("n - 1")) == ["few", "many", "seen", "bound"]
            assert warehouse.scalar("select count(*) from quality.seen") == 4
        assert warehouse.scalar("select count(*) from quality.seen") == 3
        assert _run(warehouse, _steps()) == []
        assert _run(warehouse, _steps("n - 1")) == ["few", "many", "seen", "bound"]


def test_a_step_that_fails_is_built_again_by_the_next_run() -> None:
    with Warehouse.open() as warehouse:
        warehouse.build([Stage(Table("staging.numbers", ""), "select range as n from range(5)")])
        warehouse.note("staging.numbers", "first")
        _run(warehouse, _steps())
        with pytest.raises(ContractError):
            warehouse.run(_steps("0"), {"bound": 1})  # its grain does not hold
        assert warehouse.scalar("select count(*) from identity.few") == 3
        assert _run(warehouse, _steps()) == []


def test_not_a_database_is_a_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_text("this is no database, and long enough to be looked at as one\n" * 100)
    with pytest.raises(DamageError, match="is damaged: it cannot be opened"):
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


def test_where_memory_is_short_a_run_goes_on_with_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a gigabyte at once does not fit into little memory, and cannot spill; people's own limit is kept to."""
    monkeypatch.setattr("cxunify.warehouse.frugal.modest", lambda: 64 * 2**20)
    wide = Stage(Table("staging.wide", "One row."), "select list(n) as numbers from range(20000000) as r(n)")
    tries: list[str] = []

    def work() -> tuple[str, ...]:
        tries.append(warehouse.scalar("select current_setting('memory_limit')"))
        return warehouse.run((wide,))

    with Warehouse.open(tmp_path / "w.duckdb") as warehouse:
        most = warehouse.scalar("select current_setting('memory_limit')")
        assert frugally(warehouse, work) == ("staging.wide",)
        assert len(tries) == len({*tries}) > 1 and most not in tries
        assert warehouse.scalar("select len(numbers) from staging.wide") == 20_000_000
        assert warehouse.scalar("select current_setting('memory_limit')") == most
    tries.clear()
    with Warehouse.open(tmp_path / "mine.duckdb", memory="64MB") as warehouse:
        with pytest.raises(MemoryShort, match="too little memory"):
            frugally(warehouse, work)
        assert len(tries) == 1
