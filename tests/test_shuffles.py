"""What a SELECT would make Spark shuffle, told without a Spark: cases as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cxunify.config import Spark
from cxunify.warehouse.sizes import Size
from cxunify.warehouse.spark.dialect import parsed
from cxunify.warehouse.spark.expected import small
from cxunify.warehouse.spark.shuffles import shuffles

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "shuffles.yaml").read_text(encoding="utf-8"))
TABLES = {
    "raw.t": Size(1000, {"id": 8, "a": 8, "b": 8}, {"b": 0.5}),
    "raw.u": Size(5000, {"id": 8, "c": 80}),
    "raw.few": Size(10, {"id": 8}),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_is_shuffled_stands_in_the_select(case: dict[str, Any]) -> None:
    found, made = shuffles(parsed(case["select"]), TABLES, small=100, at_once=2000)
    assert [[one.kind, one.key, one.rows] for one in found] == case["shuffles"]
    assert made.rows == case["rows"]


def test_bytes_are_those_of_the_columns_that_are_read() -> None:
    narrow, wide = (
        shuffles(parsed(f"select {what} from raw.u group by id"), TABLES, small=100, at_once=2000)[0][0].bytes
        for what in ("id", "id, max(c)")
    )
    assert (narrow, wide) == (5000 * 16 / 2, 5000 * 96 / 2)


@pytest.mark.parametrize(
    ("said", "meant"),
    [(None, 10 * 2**20), ("20MB", 20 * 2**20), ("1g", 2**30), ("5000", 5000), (-1, -1), ("64kb", 2**16)],
)
def test_what_goes_to_every_task_may_be_said(said: Any, meant: float) -> None:
    conf = {} if said is None else {"spark.sql.autoBroadcastJoinThreshold": said}
    assert small(Spark(conf=conf)) == meant
