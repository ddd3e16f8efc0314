"""An engine with tasks: what they leave of files is taken in as if this machine had read them; what they cannot read, it reads."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from cxunify.errors import InputError, MemoryShort
from cxunify.ingest import deal
from cxunify.warehouse import Warehouse
from tests.ingest.conftest import Project

FILES = {
    "a1.csv": b"id,Name\n1,Ada\n2,Be,too many\n",
    "a2.csv": b'ID,name,City\n3,"Cy\nCy",Ulm\n',
    "a3.csv": b"id,Name\n4,Jos\xe9\n",
    "a10.csv": b"id,Name\n",
}
ASKED = ("select * from raw.s", "select * from raw.rejects", "select * exclude (loaded_at) from raw.files")


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Path]]:
    """An engine whose tasks run here: what goes to them and comes from them is bytes. The folders that they were given."""
    rooms: list[Path] = []

    def dealt(warehouse: Warehouse, work: Callable[[Any, Path], None], jobs: Sequence[Any]) -> list[Path]:
        mine = [warehouse._scratch / f"task-{len(rooms) + place}" for place, _ in enumerate(jobs)]
        for room, job in zip(mine, jobs, strict=True):
            room.mkdir(mode=0o700)
            work(pickle.loads(pickle.dumps(job)), room)  # noqa: S301 - as Spark does
        rooms.extend(mine)
        return mine

    monkeypatch.setattr(Warehouse, "dealt", dealt)
    return rooms


def _found(project: Project) -> tuple[list[list[tuple[Any, ...]]], tuple[str, ...]]:
    project.warehouse = Warehouse.open(directories=[project.root])
    for name, content in FILES.items():
        os.utime(project.write(name, content), (1e9, 1e9))
    project.source(files="a*.csv", load="append")
    notes = project.run().sources[0].notes
    return [project.rows(sql) for sql in ASKED], tuple(notes)


def test_what_tasks_leave_is_what_this_machine_reads(project: Project, left: list[Path]) -> None:
    dealt = _found(project)
    assert len(left) == len(FILES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Warehouse, "dealt", lambda *_: None)
        assert dealt == _found(project)
    assert len(dealt[0][0]) == 3 and len(dealt[0][1]) == 1


def _lacks(*_: Any, **__: Any) -> Any:
    raise MemoryShort("too little memory")


@pytest.mark.parametrize("fault", ["sees no file", "lacks memory"])
@pytest.mark.usefixtures("left")
def test_what_no_task_can_read_is_read_here_and_that_is_said(
    project: Project, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    if fault == "lacks memory":
        monkeypatch.setattr(deal.Warehouse, "export", _lacks)
    else:
        monkeypatch.setattr(deal, "_read", lambda *_: None)
    rows, notes = _found(project)
    assert len(rows[0]) == 3
    assert any("4 files are read by this machine" in note for note in notes)


@pytest.mark.usefixtures("left")
def test_what_a_task_refuses_is_refused_in_its_words(project: Project) -> None:
    project.write("a.csv", b"id,Name\n" + b"1,x\n" * 100_000 + b"2,\x81\n")
    project.source(files="a.csv", csv={"encoding": "cp1252"})
    with pytest.raises(InputError) as caught:
        project.run()
    assert "a.csv is not cp1252 after " in str(caught.value)
    assert "State its encoding" in caught.value.problems[0].fix


@pytest.mark.usefixtures("left")
def test_a_disk_that_fails_in_a_task_fails_as_it_does_here(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise OSError(5, "Input/output error")

    project.write("a.csv", b"id\n1\n")
    project.source(files="a.csv")
    monkeypatch.setattr(deal, "read", fails)
    with pytest.raises(OSError, match="Input/output error") as caught:
        project.run()
    assert caught.value.errno == 5
