"""A small world, what one machine and what Spark make of it: made once, however many processes share the tests."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cxunify.config import Config, Spark, load
from cxunify.warehouse import Warehouse
from cxunify.warehouse.spark import export, session, tasks
from cxunify.warehouse.spark import warehouse as spread
from sample_data.generate import SMALLEST
from tests import world
from tests.spark.engines import (
    LOGGED,
    QUICK,
    REMOTELY,
    SETTINGS,
    Made,
    crowd,
    killed_and_beside,
    on_spark,
    run,
    shuffled,
)

PEOPLE = int(os.environ.get("CXUNIFY_SPARK_PEOPLE", str(SMALLEST)))
"""In the world that both engines are given: `make spark` takes a larger one."""
REMOTE = os.environ.get("CXUNIFY_SPARK_REMOTE")
"""A server of Spark Connect on which all of it is to be tried, in place of a Spark of our own."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Java nothing here runs, and says why."""
    lacking = session.problems(Spark(remote=REMOTE))
    for item in items:
        if lacking and Path(__file__).parent in item.path.parents and not item.name.startswith("test_without_"):
            item.add_marker(pytest.mark.skip(reason="needs Java and the extra `spark`"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A small world, what one machine makes of it, and what Spark does, which deals out all that it would of millions."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "spark"
    folder.mkdir(exist_ok=True)
    told = folder / "told.json"
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            here = world.small(folder / "here", people=PEOPLE)
            crowd(here)
            (log := folder / "log").mkdir()
            quick = QUICK + LOGGED.format(log.as_uri()) if PEOPLE == SMALLEST else SETTINGS
            there = on_spark(here, folder / "there", REMOTELY.format(REMOTE) if REMOTE else quick)
            run(here)
            known = killed_and_beside(there) | _counted(there)
            known["shuffled"] = {} if REMOTE or PEOPLE > SMALLEST else shuffled(log)
            told.write_text(json.dumps(known), encoding="utf-8")
    found = json.loads(told.read_text(encoding="utf-8"))
    return Made(load(folder / "here" / "cxunify.yaml"), load(folder / "there" / "cxunify.yaml"), **found)


def _counted(config: Config) -> dict[str, Any]:
    """Run on Spark: the rows of each collection, and of what loops saw on the driver."""
    frames_of = import_module(f"pyspark.sql.{'connect' if REMOTE else 'classic'}.dataframe").DataFrame
    counts: list[int] = []
    frames: dict[str, int] = {}
    written: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spread.SparkWarehouse, "at_once", 8)
        patch.setattr(spread.SparkWarehouse, "worth", 8)
        for name in ("toPandas", "toArrow", "toLocalIterator", "foreach", "foreachPartition"):
            patch.setattr(frames_of, name, None)

        def collect(frame: Any, known: Callable[[Any], list[Any]] = frames_of.collect) -> list[Any]:
            rows = known(frame)
            counts.append(len(rows))
            return rows

        def build(warehouse: Warehouse, step: Any, params: Any, known: Any = Warehouse._make) -> None:
            if getattr(step, "inputs", None) and step.table.name.startswith(("identity.", "profile.", "temp.inner")):
                frames.update({name: len(warehouse.frame(select, params)) for name, select in step.inputs.items()})
            known(warehouse, step, params)

        def done(spark: Any, work: Any, jobs: Any, folder: Path, known: Any = tasks.done) -> list[Path]:
            written.extend(str(job.export.path.relative_to(folder.parent)) for job in jobs if work is export.write)
            return known(spark, work, jobs, folder)

        patch.setattr(tasks, "done", done)
        patch.setattr(frames_of, "collect", collect)
        patch.setattr(Warehouse, "_make", build)
        run(config)
    return {"counts": counts, "frames": frames, "written": written}


@pytest.fixture
def mine(made: Made, tmp_path: Path) -> Config:
    """A project that Spark has made, to be changed."""
    shutil.copytree(made.there.root, tmp_path / "project", symlinks=True)
    return load(tmp_path / "project" / "cxunify.yaml")


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session of Spark."""
    conf: dict[str, str | int | float] = {"spark.sql.shuffle.partitions": 2}
    settings = Spark(remote=REMOTE, conf=conf) if REMOTE else Spark(master="local[2]", conf=conf)
    running = session.started(settings, tmp_path_factory.mktemp("spark"))
    yield running
    running.stop()
