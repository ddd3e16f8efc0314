"""The parts of what Spark does, against what one machine says; and what is missing has a fix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cxunify.config import Spark
from cxunify.errors import ConfigError
from cxunify.warehouse import engine
from cxunify.warehouse.fingerprint import ENGINES
from cxunify.warehouse.spark import answers, complaints, dialect, number, session, split


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
    assert there is not spark and type(there) is type(spark)
    assert there.range(3).count() == 3
    assert there.conf.get("spark.sql.timestampType") == "TIMESTAMP_NTZ"


def test_workers_with_other_engines_are_found_out(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from pyspark.sql.pandas.functions import arrow_udf

    other = tuple(f"{engine}.1" if engine.startswith("duckdb") else engine for engine in ENGINES)
    monkeypatch.setattr(answers, "ENGINES", other)
    spark.udf.register("answer_other", arrow_udf(answers.answering("c0 + 1", 1, "BIGINT"), "bigint"))
    with (
        pytest.raises(ConfigError, match=r"compute with duckdb \S+, and this machine with another"),
        complaints.telling(),
    ):
        spark.sql("select answer_other(id) from range(3)").collect()


# -- what is missing -----------------------------------------------------------------------------------------------------


def test_without_java_there_is_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ConfigError, match="needs Java"):
        engine("spark", Spark())


def test_without_the_extra_there_is_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "find_spec", lambda _: None)
    for settings in (Spark(), Spark(remote="sc://host")):
        with pytest.raises(ConfigError, match=r"pip install 'cxunify\[spark\]'"):
            engine("spark", settings)
