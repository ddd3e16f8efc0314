"""What is published, in a catalog: views change when all tables stand, what fails changes none, and nothing stays of what goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest

from cxunify.errors import ConfigError, StorageError
from cxunify.warehouse import View
from cxunify.warehouse.spark import catalog, session

COLUMNS = {"id": "It's the id.", "name": "What \\ it is called."}
Shown = Callable[[str], list[tuple[Any, ...]]]


RUNS = ("r1", "r2", "r3")


def show(spark: Any, schema: str, run_id: str, views: list[View], kept: set[str]) -> None:
    """Show a run of a project that has made these three."""
    catalog.show(spark, schema, run_id, views, kept, RUNS)


@pytest.fixture
def schema(spark: Any) -> Iterator[str]:
    """A schema of a catalog that is not there yet."""
    name = f"shop_{uuid4().hex[:8]}"
    yield name
    spark.sql(f"drop schema if exists {name} cascade")


@pytest.fixture
def shown(spark: Any, schema: str) -> Shown:
    """The rows of a view."""
    return lambda name: sorted((tuple(row) for row in spark.sql(f"select * from {schema}.{name}").collect()), key=repr)


def view(folder: Path, name: str, version: int, rows: list[tuple[int, str]]) -> View:
    """A published table of a run."""
    path = folder / f"{name}-{version}.parquet"
    pl.DataFrame(rows, schema=["id", "name"], orient="row").write_parquet(path)
    return View(name, f"{name}__{version:012x}", path, COLUMNS, "Some things.", "", len(rows))


def parted(folder: Path, version: int) -> View:
    """One that lies in parts, one of which is nobody's."""
    for year in ("2024", "__HIVE_DEFAULT_PARTITION__"):
        (part := folder / f"events-{version}" / f"year={year}").mkdir(parents=True)
        pl.DataFrame({"id": [version], "name": [year[:4]]}).write_parquet(part / "part-0.parquet")
    columns = {**COLUMNS, "year": "Its year."}
    return View("events", f"events__{version:012x}", folder / f"events-{version}", columns, "Events.", "year", 2)


def contents(views: list[View]) -> set[str]:
    """What a run that is kept has."""
    return {one.content for one in views}


def tables(spark: Any, schema: str) -> set[str]:
    """The tables that are there, without which attempt wrote them."""
    names = {row["tableName"] for row in spark.sql(f"show tables in {schema}").collect()}
    return {name[:-7] for name in names if "__" in name}


def test_views_show_the_run_and_only_what_is_new_is_written(
    spark: Any, schema: str, shown: Shown, tmp_path: Path
) -> None:
    first = [view(tmp_path, "people", 1, [(1, "Ada"), (2, "Be")]), view(tmp_path, "links", 1, []), parted(tmp_path, 1)]
    show(spark, schema, "r1", first, contents(first))
    assert shown("people") == [(1, "Ada"), (2, "Be")] and shown("links") == []
    assert shown("events") == [(1, "2024", 2024), (1, "__HI", None)]
    before = {name: table for _, name, table, _ in shown("published")}
    described = {row[0]: row[2] for row in spark.sql(f"describe {schema}.people").collect()}
    assert described == COLUMNS
    second = [view(tmp_path, "people", 2, [(1, "Ada")]), *first[1:]]
    show(spark, schema, "r2", second, contents(first) | contents(second))
    assert shown("people") == [(1, "Ada")]
    after = {name: table for run, name, table, _ in shown("published") if run == "r2"}
    assert after.keys() == before.keys() and {name for name in after if after[name] != before[name]} == {"people"}
    assert spark.sql(f"select count(*) from {schema}.{before['people']}").first()[0] == 2  # for whoever has begun
    third = second[:2]
    show(spark, schema, "r3", third, contents(third))
    assert tables(spark, schema) == contents(third)
    assert {row[0] for row in spark.sql(f"show views in {schema}").select("viewName").collect()} == {
        "people",
        "links",
        "published",
    }


@pytest.mark.parametrize(
    "when", ["create table", "set tblproperties ('cxunify.rows'", "view `{}`.`links`", "view `{}`.`published`"]
)
def test_what_fails_changes_no_view_and_the_next_run_completes_it(
    spark: Any, schema: str, shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    names = ("people", "links")
    first, second = ([view(tmp_path, name, version, [(version, "x")]) for name in names] for version in (1, 2))
    show(spark, schema, "r1", first, contents(first))
    before, known, sign = (
        {name: shown(name) for name in (*names, "published")},
        catalog._Schema._do,
        when.format(schema),
    )

    def fails(self: Any, statement: str) -> Any:
        if sign in statement and "__000000000001_" not in statement and "'r1'" not in statement:
            if sign == "create table":
                known(self, statement)  # which is there then, and has no row
            statement = "select * from nothing_of_that_name"
        return known(self, statement)

    with monkeypatch.context() as patch:
        patch.setattr(catalog._Schema, "_do", fails)
        with pytest.raises(StorageError, match="the next run completes"):
            show(spark, schema, "r2", second, contents(second))
    assert {name: shown(name) for name in before} == before
    show(spark, schema, "r2", second, contents(second))
    assert [shown(name) for name in names] == [[(2, "x")]] * 2
    assert tables(spark, schema) == contents(second)
    assert len(shown("published")) == len(
        [row for row in spark.sql(f"show tables in {schema}").collect() if "__" in row[1]]
    )


def test_what_has_lost_rows_on_its_way_is_not_shown(spark: Any, schema: str, shown: Shown, tmp_path: Path) -> None:
    one = view(tmp_path, "people", 1, [(1, "Ada")])
    show(spark, schema, "r1", [one], {one.content})
    other = replace(view(tmp_path, "people", 2, [(2, "Secret")]), rows=2)
    with pytest.raises(StorageError, match="has 1 of 2 rows") as caught:
        show(spark, schema, "r2", [other], {other.content})
    assert shown("people") == [(1, "Ada")] and "Secret" not in str(caught.value)


def test_tables_of_others_are_left_alone(spark: Any, schema: str, tmp_path: Path) -> None:
    spark.sql(f"create schema {schema}")
    spark.sql(f"create view {schema}.people as select 1 as mine")
    spark.sql(f"create table {schema}.links (mine int)")
    spark.sql(f"create table {schema}.theirs (mine int)")
    views = [view(tmp_path, name, 1, []) for name in ("people", "links", "cases")]
    with pytest.raises(ConfigError, match="holds people, links, which cxunify has not made"):
        show(spark, schema, "r1", views, contents(views))
    assert {row[1] for row in spark.sql(f"show tables in {schema}").collect()} == {"people", "links", "theirs"}
    show(spark, schema, "r1", views[2:], contents(views))
    assert {"theirs", "links", "people", "cases"} <= {row[1] for row in spark.sql(f"show tables in {schema}").collect()}


def test_what_another_project_shows_is_left_alone(spark: Any, schema: str, shown: Shown, tmp_path: Path) -> None:
    theirs, ours = ([view(tmp_path, "people", version, [(version, "x")])] for version in (1, 2))
    show(spark, schema, "r1", theirs, contents(theirs))
    before = [shown(name) for name in ("people", "published")]
    with pytest.raises(ConfigError, match=f"{schema} shows the run r1 of another project"):
        catalog.show(spark, schema, "r2", ours, contents(ours), ("r0", "r2"))
    assert [shown(name) for name in ("people", "published")] == before and tables(spark, schema) == contents(theirs)
    spark.sql(f"drop view {schema}.published")  # as whoever has lost a ledger is told
    catalog.show(spark, schema, "r2", ours, contents(ours), ("r0", "r2"))
    assert shown("people") == [(2, "x")]


def test_a_catalog_that_is_gone_with_the_command_is_known(spark: Any) -> None:
    assert not session._lasts(spark, "shop")
    assert not session._lasts(spark, "spark_catalog.shop")
    assert session._lasts(spark, "main.shop")
