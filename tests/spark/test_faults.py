"""Whatever fails while Spark works costs the run and nothing else: what was published stands, and the next run needs nobody."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cxunify.config import Config
from cxunify.errors import StorageError
from cxunify.warehouse.spark import export
from cxunify.warehouse.spark import warehouse as spread
from tests import world
from tests.spark.conftest import PEOPLE, SMALLEST
from tests.spark.engines import Made, run, tables

pytestmark = pytest.mark.skipif(PEOPLE > SMALLEST, reason="faults are tried on the smallest world")
Fault = Callable[[pytest.MonkeyPatch, Path], None]


def _killed(patch: pytest.MonkeyPatch, _: Path) -> None:
    """A task is killed."""
    _in_tasks(patch, _die)


def _die(_: Any) -> Iterator[Any]:
    os._exit(9)
    yield


def _full(patch: pytest.MonkeyPatch, _: Path) -> None:
    """The disk is full half-way through the rows of a table."""
    _in_tasks(patch, _fill)


def _fill(batches: Iterator[Any]) -> Iterator[Any]:
    yield next(batches)
    raise OSError(28, "No space left on device")


def _in_tasks(patch: pytest.MonkeyPatch, happens: Callable[[Any], Iterator[Any]]) -> None:
    """What happens to the rows of some table, in the tasks that make it."""
    known = spread.SparkWarehouse._selected

    def selected(warehouse: Any, select: str, params: Any) -> Any:
        frame = known(warehouse, select, params)
        return frame.mapInArrow(happens, frame.schema) if "record_values" in select else frame

    patch.setattr(spread.SparkWarehouse, "_selected", selected)


def _closed(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """The folder that tables are written into is none."""
    (folder / "file").write_text("", encoding="utf-8")
    patch.setattr(
        spread.SparkWarehouse, "_written", lambda self, frame: frame.write.parquet(str(folder / "file" / "x"))
    )


def _vanished(patch: pytest.MonkeyPatch, _: Path) -> None:
    """What Spark has put aside for itself is cleared away."""
    known = spread.SparkWarehouse._written

    def written(warehouse: Any, frame: Any) -> Path:
        for place in warehouse._folders.scratch().glob("blockmgr-*"):
            shutil.rmtree(place)
        return known(warehouse, frame)

    patch.setattr(spread.SparkWarehouse, "_written", written)


def _unwritten(patch: pytest.MonkeyPatch, _: Path) -> None:
    """A task is killed that writes a file of what is to be published."""
    patch.setattr(spread.SparkWarehouse, "worth", 8)
    patch.setattr(export, "write", _die_writing)


def _die_writing(_: export.Job, room: Path) -> None:
    (room / export.FILE).touch()
    os._exit(9)


FAULTS: dict[Fault, str] = {
    _closed: "Spark cannot write or read where the warehouse lies",
    _killed: "a task of Spark failed",
    _full: "Spark has no disk left",
    _vanished: "files that Spark works with went away",
    _unwritten: "a task of Spark failed",
}


def test_what_fails_costs_the_run_and_nothing_else(mine: Config, tmp_path: Path) -> None:
    before, folder = tables(mine), (mine.output_path / "current").resolve()
    world.add_person(mine)
    for fault, words in FAULTS.items():  # one after the other: each begins where the one before has left things
        with pytest.MonkeyPatch.context() as patch:
            fault(patch, tmp_path)
            with pytest.raises(StorageError, match=words):
                run(mine, "profile")
        assert (mine.output_path / "current").resolve() == folder
        assert tables(mine) == before
        assert not list(mine.root.glob("*.scratch"))
    run(mine, "profile")
    assert any("Zebulon1" in map(str, row) for row in tables(mine)["customers"])


def test_a_run_that_is_killed_leaves_the_next_one_all_it_needs(made: Made) -> None:
    """What the next one made, `test_run` holds to what one machine makes."""
    assert made.killed == -9
    assert made.published == [], "what was published by a run that was killed"


def test_a_second_run_at_once_says_so_and_disturbs_nothing(made: Made) -> None:
    code, said = made.beside
    assert code == 75 and "another run is at work" in said
    assert made.survived, "the first one has ended, or what it works with is gone"
