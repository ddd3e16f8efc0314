"""A file that a task writes, of the Parquet of the tables that it needs, is the one that this machine writes, to the byte."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cxunify.errors import MemoryShort
from cxunify.publish import OUTPUTS, parquet
from cxunify.publish.privacy import Privacy
from cxunify.secret import Secret
from cxunify.warehouse import Export, Warehouse
from cxunify.warehouse.spark import export
from cxunify.warehouse.spark.folders import Folders
from tests.publish.test_publish import _open

TASKS = {"customers", "interactions", "lines", "sessions", "golden_values", "identity_map", "identifiers"}
"""Those of which a task must know how to write the file."""


@pytest.fixture(scope="module")
def house() -> Iterator[Warehouse]:
    with _open() as opened:
        yield opened


@pytest.fixture
def folders(house: Warehouse) -> Iterator[Folders]:
    """Folders of all tables, as if Spark had made them."""
    made = Folders(house)
    for name in house.names():
        if house.kind(name) == "table" and not name.startswith("meta."):
            made.of(name)
    yield made
    made.close()


def _exports(house: Warehouse, folder: Path, mode: str) -> list[tuple[str, Export]]:
    privacy = Privacy(mode, Secret.of(folder / "key") if mode == "hashed" else None)
    return [
        (output.table.name, one)
        for output in OUTPUTS
        for one in parquet.plan(house, output, folder, privacy, "r1", "USD").exports
    ]


@pytest.mark.parametrize("mode", ["full", "hashed", "none"])
def test_the_bytes_are_those_of_one_machine(house: Warehouse, folders: Folders, tmp_path: Path, mode: str) -> None:
    written = set[str]()
    for number, (name, one) in enumerate(_exports(house, tmp_path, mode)):
        job = export.job(house, folders, one, worth=1)
        if job is None:
            continue
        one.path.parent.mkdir(parents=True, exist_ok=True)
        house.export(one.select, one.path, one.options, one.params)
        (room := tmp_path / f"room {number}").mkdir()
        export.write(pickle.loads(pickle.dumps(job)), room)  # noqa: S301 - as it comes to a task
        assert (room / export.FILE).read_bytes() == one.path.read_bytes(), name
        assert [file.name for file in room.iterdir()] == [export.FILE]
        written.add(name)
    assert written >= TASKS


def test_a_task_is_given_what_is_worth_it(house: Warehouse, tmp_path: Path) -> None:
    folders, (_, customers) = Folders(house), _exports(house, tmp_path, "full")[0]
    assert export.job(house, folders, customers, worth=1) is None, "of nothing are there rows beside the warehouse"
    folders.of("profile.numbers")
    assert export.job(house, folders, customers, worth=1) is not None
    assert export.job(house, folders, customers, worth=1_000) is None
    folders.close()


def test_what_is_too_much_for_a_task_it_leaves(
    house: Warehouse, folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = export.job(house, folders, _exports(house, tmp_path, "full")[0][1], worth=1)
    assert job is not None

    def short(*_: Any) -> None:
        raise MemoryShort("too little", "more")

    with monkeypatch.context() as patch:
        patch.setattr(Warehouse, "export", short)
        export.write(job, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_that_of_a_table_while_its_rows_are_the_same(house: Warehouse) -> None:
    folders = Folders(house)
    house.note("profile.numbers", "made from", "these rows")
    house.note("profile.clock", "made from", "these rows")
    before = {name: folders.of(name) for name in ("profile.numbers", "profile.clock", "profile.sources")}
    folders.settle()
    folders.look_again()
    assert folders.has("profile.numbers") and folders.of("profile.numbers") == before["profile.numbers"]
    house.note("profile.clock", "made from", "other rows")
    folders.look_again()
    assert folders.has("profile.numbers") and not folders.has("profile.clock")
    folders.close()
    assert not any(folder.exists() for folder in before.values())
