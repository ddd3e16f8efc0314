"""A loop whose rows fall into parts that know nothing of one another -> its table, made part by part in Spark's tasks.

The function is the one that runs on one machine. Parts are what `Split.ties` connects; many of them go into one call, all rows
of a part into the same. Nothing is collected but, where parts are looked for over several rounds, two numbers a round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import polars as pl
import pyarrow

from cxunify.components import components
from cxunify.warehouse.fingerprint import ENGINES
from cxunify.warehouse.spark.answers import agree

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from cxunify.warehouse.stage import Split

Written = Callable[["DataFrame"], "DataFrame"]
"""Writes a frame out and reads it again, so that it is worked out once."""


def worked(
    spark: SparkSession,
    split: Split,
    frames: Mapping[str, DataFrame],
    orders: Mapping[str, tuple[str, ...]],
    function: Callable[..., pl.DataFrame],
    empty: Mapping[str, pl.DataFrame],
    write: Written,
    parts: int,
    in_one_task: int,
) -> DataFrame:
    """The rows that `function` makes of frames, part by part; `empty`: the frames as it would see them on one machine.

    Up to `in_one_task` ties, one task looks for what is connected; beyond, rounds of joins do.
    """
    from pyspark.sql import functions as f

    for name, frame in frames.items():
        frame.createOrReplaceTempView(name)
    labels = connected(spark.sql(split.ties), write, in_one_task) if split.ties else None
    dealt = None
    for name, frame in frames.items():
        placed = _placed(frame, split.keys.get(name, ()), labels, parts)
        one = placed.select(
            "bucket", f.lit(name).alias("frame"), *(f.col(f"`{c}`").alias(f"{name}__{c}") for c in frame.columns)
        )
        dealt = one if dealt is None else dealt.unionByName(one, allowMissingColumns=True)
    assert dealt is not None
    schema = function(**empty).to_arrow().schema
    wanted = pyarrow.schema([(field.name, _held(field.type)) for field in schema])
    task = _task(function, dict(empty), dict(orders), wanted)
    return dealt.groupBy("bucket").applyInArrow(task, _ddl(wanted))


def _placed(frame: DataFrame, keys: tuple[str, ...], labels: DataFrame | None, parts: int) -> DataFrame:
    """A frame's rows, each with the number of the call that it goes into."""
    from pyspark.sql import functions as f

    if labels is None:
        return frame.withColumn("bucket", f.pmod(f.xxhash64(*frame.columns), f.lit(parts)).cast("int"))
    placed = frame
    for number, key in enumerate(keys):
        known = labels.select(f.col("node").alias(f"node {number}"), f.col("part").alias(f"part {number}"))
        placed = placed.withColumn(f"key {number}", f.expr(key))
        placed = placed.join(known, f.col(f"`key {number}`") == f.col(f"`node {number}`"), "left")
        placed = placed.withColumn(f"part {number}", f.coalesce(f"part {number}", f"key {number}"))
    for number in range(1, len(keys)):
        placed = placed.where(f.col(f"`part {number}`") == f.col("`part 0`"))
    return placed.withColumn("bucket", f.pmod(f.xxhash64("part 0"), f.lit(parts)).cast("int"))


def _task(
    function: Callable[..., pl.DataFrame],
    empty: Mapping[str, pl.DataFrame],
    orders: Mapping[str, tuple[str, ...]],
    wanted: pyarrow.Schema,
) -> Callable[[pyarrow.Table], pyarrow.Table]:
    """What a task does with the rows of one call: take the frames apart, put them in order, call, hand back."""
    schemas = {name: frame.schema for name, frame in empty.items()}
    engines = ENGINES

    def task(rows: pyarrow.Table) -> pyarrow.Table:
        agree(engines)
        whole = pl.from_arrow(rows)
        assert isinstance(whole, pl.DataFrame)
        frames = {}
        for name, schema in schemas.items():
            mine = whole.filter(pl.col("frame") == name)
            frame = mine.select(pl.col(f"{name}__{column}").cast(kind).alias(column) for column, kind in schema.items())
            frames[name] = frame.sort(orders[name], nulls_last=True) if orders[name] else frame
        return function(**frames).to_arrow().cast(wanted)

    return task


def connected(ties: DataFrame, write: Written, in_one_task: int) -> DataFrame:
    """Of pairs `a`, `b`: each `node` that is in one, and its `part`, the smallest node that it is connected with."""
    from pyspark.sql import functions as f

    ties = write(ties.select(f.least("a", "b").alias("a"), f.greatest("a", "b").alias("b")).where("a <> b").distinct())
    kind = ties.schema["a"].dataType.simpleString()
    if ties.count() <= in_one_task:
        return write(
            ties.withColumn("whole", f.lit(0)).groupBy("whole").applyInArrow(_connected, f"node {kind}, part {kind}")
        )
    # Kiveris et al. 2014: every node ties its larger neighbours to its smallest one, then its smaller ones; until nothing moves.
    state = None
    while (
        now := tuple(ties.agg(f.count("*"), f.sum(f.xxhash64("a", "b").cast("decimal(38,0)"))).first() or ())
    ) != state:
        state = now
        both = ties.union(ties.select("b", "a"))
        least = both.groupBy("a").agg(f.min("b").alias("low")).select("a", f.least("a", "low").alias("low"))
        large = both.where("b > a").join(least, "a").select(f.col("low").alias("a"), "b").where("a <> b").distinct()
        lows = large.groupBy("b").agg(f.min("a").alias("low"))
        small = large.join(lows, "b").select(f.col("low").alias("a"), f.col("a").alias("b"))
        ties = write(small.where("a <> b").union(lows.select(f.col("low").alias("a"), "b")).distinct())
    ends = ties.select(f.col("b").alias("node"), f.col("a").alias("part"))
    return write(ends.union(ties.select("a", "a")).distinct())


def _connected(rows: pyarrow.Table) -> pyarrow.Table:
    """The same of all pairs at once."""
    pairs = pl.from_arrow(rows.select(["a", "b"]))
    assert isinstance(pairs, pl.DataFrame)
    nodes = pl.concat([pairs["a"], pairs["b"]]).unique().sort().alias("node")
    a, b = (nodes.search_sorted(pairs[side]).to_numpy() for side in "ab")
    label = pl.Series("label", components(len(nodes), a, b))
    found = nodes.to_frame().with_columns(label).with_columns(part=pl.col("node").min().over("label"))
    kind = rows.schema.field("a").type
    return found.select("node", "part").to_arrow().cast(pyarrow.schema([("node", kind), ("part", kind)]))


def _held(kind: pyarrow.DataType) -> pyarrow.DataType:
    """An Arrow type as Spark has it."""
    larger = {pyarrow.uint8(): pyarrow.int16(), pyarrow.uint16(): pyarrow.int32(), pyarrow.uint32(): pyarrow.int64()}
    if pyarrow.types.is_large_string(kind) or pyarrow.types.is_string_view(kind):
        return pyarrow.string()
    return larger.get(kind, kind)


def _ddl(schema: pyarrow.Schema) -> str:
    """An Arrow schema in Spark's words."""
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema).simpleString().removeprefix("struct<").removesuffix(">")
