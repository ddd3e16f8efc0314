"""Spark makes what one machine makes, to the last byte; collects nothing that grows with the records; and fails without a loss."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cxunify import pipeline
from cxunify.cli.session import new_run_id, open_warehouse
from cxunify.config import Config, Spark, load
from cxunify.errors import ConfigError, StorageError
from cxunify.warehouse import Warehouse, engine
from cxunify.warehouse.spark import dialect, number, session, split
from cxunify.warehouse.spark import warehouse as spread
from sample_data.generate import SMALLEST
from tests import world

pytestmark = pytest.mark.skipif(bool(session.problems()), reason="needs Java and the extra `spark`")
SETTINGS = """
engine: spark
spark:
  master: local[2]
  conf: {spark.sql.shuffle.partitions: 2, spark.task.maxFailures: 1}
"""
PEOPLE = int(os.environ.get("CXUNIFY_SPARK_PEOPLE", str(SMALLEST)))
"""In the world that both engines are given: `make spark` takes a larger one."""
COUNTED = {"patterns", "model", "rates", "rows"}
"""What a loop may see on the driver: patterns are counted, the rest is of the configuration."""


def run(config: Config, until: str = "act") -> None:
    with open_warehouse(config) as warehouse:
        pipeline.run(warehouse, config, pipeline.Request(new_run_id(), until), lambda _: None)


def on_spark(config: Config, folder: Path) -> Config:
    shutil.copytree(config.root, folder)
    path = folder / "cxunify.yaml"
    path.write_text(path.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    return load(path)


def tables(config: Config) -> dict[str, list[tuple[Any, ...]]]:
    """Every published table, its rows in order; of runs, only that they differ."""
    plain = {name: frame.drop("run_id", strict=False) for name, frame in world.frames(config)}
    return {name: [tuple(frame.schema.items()), *sorted(frame.rows(), key=repr)] for name, frame in plain.items()}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A small world, and what one machine makes of it."""
    return world.small(tmp_path_factory.mktemp("one") / "project", people=PEOPLE)


@pytest.fixture(scope="module")
def collected(project: Config, tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, list[int], dict[str, int]]:
    """The same on Spark, which deals out all that it would of millions; the rows of each collection, and of what loops saw."""
    from pyspark.sql.classic.dataframe import DataFrame

    config = on_spark(project, tmp_path_factory.mktemp("spark") / "project")
    counts: list[int] = []
    frames: dict[str, int] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spread.SparkWarehouse, "at_once", 8)
        for name in ("toPandas", "toArrow", "toLocalIterator", "foreach", "foreachPartition"):
            patch.setattr(DataFrame, name, None)

        def collect(frame: Any, known: Callable[[Any], list[Any]] = DataFrame.collect) -> list[Any]:
            rows = known(frame)
            counts.append(len(rows))
            return rows

        def build(warehouse: Warehouse, step: Any, params: Any, known: Any = Warehouse._make) -> None:
            if getattr(step, "inputs", None) and step.table.name.startswith(("identity.", "profile.", "temp.inner")):
                frames.update({name: len(warehouse.frame(select, params)) for name, select in step.inputs.items()})
            known(warehouse, step, params)

        patch.setattr(DataFrame, "collect", collect)
        patch.setattr(Warehouse, "_make", build)
        run(config)
    return config, counts, frames


def test_all_that_is_published_is_the_same(
    project: Config, collected: tuple[Config, list[int], dict[str, int]]
) -> None:
    run(project)
    made, here = tables(collected[0]), tables(project)
    assert made.keys() == here.keys()
    assert [name for name in here if made[name] != here[name]] == []
    assert len(here["customers"]) > 10
    assert len(here["links"]) > 10


def test_nothing_that_grows_with_the_records_is_collected(collected: tuple[Config, list[int], dict[str, int]]) -> None:
    _, counts, frames = collected
    assert counts, "nothing was numbered in ranges, and nothing looked for in rounds"
    assert frames.keys() <= COUNTED, "a loop saw more than what is counted"
    bounds = 64 * number._A_RANGE  # of a sample, and sizes of ranges: however many records there are
    assert max(counts) <= bounds


def test_what_is_up_to_date_starts_no_spark(
    collected: tuple[Config, list[int], dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(session, "started", lambda *given: started.append(given))
    before = tables(collected[0])
    run(collected[0])
    assert started == [] and tables(collected[0]) == before


def test_on_one_machine_again_all_stands(collected: tuple[Config, list[int], dict[str, int]], tmp_path: Path) -> None:
    shutil.copytree(collected[0].root, tmp_path / "project", symlinks=True)
    path = tmp_path / "project" / "cxunify.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("engine: spark", "engine: duckdb"), encoding="utf-8")
    config = load(path)
    with open_warehouse(config) as warehouse:
        assert pipeline.stale(warehouse, config) == ()


def test_a_task_that_is_killed_costs_the_run_and_nothing_else(
    collected: tuple[Config, list[int], dict[str, int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(collected[0].root, tmp_path / "project", symlinks=True)
    config = load(tmp_path / "project" / "cxunify.yaml")
    before, folder = tables(config), (config.output_path / "current").resolve()
    world.add_person(config)
    known = spread.SparkWarehouse._selected  # where a task is to be killed

    def dying(warehouse: Any, select: str, params: Any) -> Any:
        frame = known(warehouse, select, params)
        return frame.mapInArrow(_die, frame.schema) if "record_values" in select else frame

    with monkeypatch.context() as patch:
        patch.setattr(spread.SparkWarehouse, "_selected", dying)
        with pytest.raises(StorageError, match="a task of Spark failed"):
            run(config, "profile")
    assert (config.output_path / "current").resolve() == folder
    assert tables(config) == before
    assert not list(config.root.glob("*.scratch"))
    run(config, "profile")
    assert any("Zebulon1" in map(str, row) for row in tables(config)["customers"])


def _die(_: Any) -> Iterator[Any]:
    os._exit(9)
    yield


# -- the parts, against what one machine says ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    settings = Spark(master="local[2]", conf={"spark.sql.shuffle.partitions": 2})
    running = session.started(settings, tmp_path_factory.mktemp("spark"))
    yield running
    running.stop()


@pytest.mark.parametrize(
    "order",
    ["x nulls last", "x nulls first, y desc", "x, y", "coalesce(x, 0), y"],
)
@pytest.mark.parametrize("rank", ["row_number()", "rank()", "dense_rank()"])
def test_numbers_made_in_ranges_are_those_made_at_once(spark: Any, order: str, rank: str) -> None:
    columns = ("id", "case when id % 11 > 0 then pmod(hash(id), 400) end as x", "cast(id % 7 as string) as y")
    spark.range(3000).selectExpr(*columns).createOrReplaceTempView("numbered_rows")
    unique = f"{order}, id" if rank == "row_number()" else order
    query = f"""
        with there as (select * from numbered_rows)
        select id, {rank} over (order by {unique}) as n, count(*) over () as c from there"""
    tree = dialect.said(dialect.parsed(query), lambda name: name).tree
    plain = dialect.text(tree)
    few = lambda query: [tuple(row) for row in spark.sql(dialect.text(query)).collect()]  # noqa: E731
    made = dialect.text(number.numbered(tree, few, 8, 0))
    assert ("PARTITION BY" in made) == (not (rank == "dense_rank()" and order.endswith("desc")))
    assert sorted(spark.sql(made).collect()) == sorted(spark.sql(plain).collect())


def test_parts_found_in_rounds_are_those_found_at_once(spark: Any, tmp_path: Path) -> None:
    rows = spark.range(600).selectExpr(
        "cast(pmod(hash(id), 900) as string) as a", "cast(pmod(hash(id, 1), 900) as string) as b"
    )
    chain = spark.range(60).selectExpr("concat('c', id) as a", "concat('c', id + 1) as b")
    written = iter(range(1000))

    def write(frame: Any) -> Any:
        path = str(tmp_path / str(next(written)))
        frame.write.parquet(path)
        return spark.read.parquet(path)

    ties = rows.union(chain)
    at_once, in_rounds = (sorted(map(tuple, split.connected(ties, write, limit).collect())) for limit in (1_000_000, 0))
    assert at_once == in_rounds
    assert len({part for node, part in at_once if node.startswith("c")}) == 1


def test_a_session_that_is_running_is_used(spark: Any, tmp_path: Path) -> None:
    there = session.started(Spark(master="spark://nowhere:7077"), tmp_path)
    assert there.sparkContext is spark.sparkContext
    assert there.conf.get("spark.sql.timestampType") == "TIMESTAMP_NTZ"


# -- what is missing -----------------------------------------------------------------------------------------------------


def test_without_java_there_is_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ConfigError, match="needs Java"):
        engine("spark", Spark())


def test_without_the_extra_there_is_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install 'cxunify\[spark\]'"):
        engine("spark", Spark())
