"""Spark makes what one machine makes, to the last byte, and collects nothing that grows with the records."""

from __future__ import annotations

import pytest

from cxunify import pipeline
from cxunify.cli.session import open_warehouse
from cxunify.config import Config, load
from cxunify.warehouse.spark import number, session
from cxunify.warehouse.spark import warehouse as spread
from tests.spark.engines import Made, run, tables

COUNTED = {"patterns", "model", "rates", "rows"}
"""What a loop may see on the driver: patterns are counted, the rest is of the configuration."""


def test_all_that_is_published_is_the_same(made: Made) -> None:
    there, here = tables(made.there), tables(made.here)
    assert there.keys() == here.keys()
    assert [name for name in here if there[name] != here[name]] == []
    assert len(here["customers"]) > 10
    assert len(here["links"]) > 10


def test_nothing_that_grows_with_the_records_is_collected(made: Made) -> None:
    assert made.counts, "nothing was numbered in ranges, and nothing looked for in rounds"
    assert made.frames.keys() <= COUNTED, "a loop saw more than what is counted"
    bounds = spread.RANGES * number._A_RANGE  # of a sample, and sizes of ranges: however many records there are
    assert max(made.counts) <= bounds


def test_what_is_up_to_date_starts_no_spark(mine: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(session, "started", lambda *given: started.append(given))
    before = tables(mine)
    run(mine)
    assert started == [] and tables(mine) == before


def test_on_one_machine_again_all_stands(mine: Config) -> None:
    path = mine.root / "cxunify.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("engine: spark", "engine: duckdb"), encoding="utf-8")
    config = load(path)
    with open_warehouse(config) as warehouse:
        assert pipeline.stale(warehouse, config) == ()
