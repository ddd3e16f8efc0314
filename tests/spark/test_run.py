"""Spark makes what one machine makes, to the last byte, and collects nothing that grows with the records."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cxunify import pipeline
from cxunify.cli.session import looking, new_run_id, open_warehouse
from cxunify.config import Config, load
from cxunify.forecast import forecast
from cxunify.identity import steps as identity
from cxunify.profile import steps as profile
from cxunify.warehouse import Stage
from cxunify.warehouse.spark import number, session
from cxunify.warehouse.spark import warehouse as spread
from tests.bench.projects import CONFIGS
from tests.profile.known import known
from tests.spark.conftest import PEOPLE, SMALLEST
from tests.spark.engines import Made, files, on_spark, report, run, tables

COUNTED = {"patterns", "model", "rates", "rows"}
"""What a loop may see on the driver: patterns are counted, the rest is of the configuration."""


def test_all_that_is_published_is_the_same(made: Made) -> None:
    there, here = tables(made.there), tables(made.here)
    assert there.keys() == here.keys()
    assert [name for name in here if there[name] != here[name]] == []
    assert len(here["customers"]) > 10
    assert len(here["links"]) > 10
    assert report(made.there) == report(made.here)


def test_files_that_tasks_write_are_the_same_to_the_byte(made: Made) -> None:
    large = {"customers.parquet", "lines.parquet", "sessions.parquet", "golden_values.parquet", "identity_map.parquet"}
    assert large <= set(made.written)
    assert {name for name in files(made.here) if name.startswith("interactions/")} <= set(made.written)
    assert files(made.there) == files(made.here)
    assert not list(made.there.output_path.rglob(".tasks"))


def test_online_retail_is_the_same(tmp_path: Path) -> None:
    if PEOPLE == SMALLEST:
        pytest.skip("is tried by `make spark`")
    extract = known("cem/onlineretail.parquet")
    (tmp_path / "here" / "data").mkdir(parents=True)
    # A copy: a file beside neither of the two projects would be told by its path from each, and `source_file` is that.
    shutil.copy(extract, tmp_path / "here" / "data")
    shutil.copy(CONFIGS / "online_retail.yaml", tmp_path / "here" / "cxunify.yaml")
    here = load(tmp_path / "here" / "cxunify.yaml")
    there = on_spark(here, tmp_path / "there")
    run(here)
    run(there)
    assert [name for name, rows in tables(here).items() if tables(there)[name] != rows] == []
    assert report(there) == report(here)


def test_nothing_that_grows_with_the_records_is_collected(made: Made) -> None:
    assert made.counts, "nothing was numbered in ranges, and nothing looked for in rounds"
    assert made.frames.keys() <= COUNTED, "a loop saw more than what is counted"
    bounds = spread.RANGES * number._A_RANGE  # of a sample, and sizes of ranges: however many records there are
    assert max(made.counts) <= bounds


def test_a_plan_says_before_a_run_what_is_shuffled(made: Made) -> None:
    """By Spark's own log: of all steps together no less, and not ten times as much; of no step that moves much less than a quarter.

    What numbers rows in ranges or looks for what is connected in rounds is left out: here that is tried on eight rows.
    """
    if not made.shuffled:
        pytest.skip("a server, and a larger world, write no log for us")
    told: dict[str, int] = {}
    with looking(made.there) as warehouse:
        shuffles = forecast(made.there, warehouse).shuffles
    for one in shuffles:
        told[one.step] = told.get(one.step, 0) + one.bytes
    every = (*identity.steps(made.there, None, []), *profile.first(), *profile.steps(made.there))
    plain = [
        step.table.name for step in every if isinstance(step, Stage) and "row_number() over (order" not in step.select
    ]
    found = {name: made.shuffled.get(name, 0) for name in plain}
    assert 100_000 < sum(found.values()) <= sum(told.get(name, 0) for name in plain) <= 10 * sum(found.values())
    assert [name for name, measured in found.items() if measured > 4096 and told.get(name, 0) < measured / 4] == []


def test_what_is_up_to_date_starts_no_spark(mine: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(session, "started", lambda *given: started.append(given))
    before = tables(mine)
    run(mine)
    assert started == [] and tables(mine) == before


def test_on_one_machine_again_all_stands(mine: Config) -> None:
    """But for what only that engine notes, to make parts of tables the next time."""
    path = mine.root / "cxunify.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("engine: spark", "engine: duckdb"), encoding="utf-8")
    config, built = load(path), list[str]()
    with open_warehouse(config) as warehouse:
        warehouse._listener = lambda table, *_: built.append(table)
        pipeline.run(warehouse, config, pipeline.Request(new_run_id()), lambda _: None)
    assert [table for table in built if table.startswith(("identity.", "profile.")) and ".seen_" not in table] == []
