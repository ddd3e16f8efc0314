"""new files -> what each holds, read by a task of its own where the engine has tasks: by the same reader, to the same rows.

A task reads its file as this machine would, into a database of its own, and leaves the rows, in their order, as Parquet beside what
there is to be said of them. This machine takes them in file by file, in the order of the files: columns are found and named here,
lists made rows, and nothing stands before all of it does.
"""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cxunify.errors import CxunifyError, MemoryShort
from cxunify.ingest.find import Extract
from cxunify.ingest.planned import Plan
from cxunify.ingest.probe import Layout
from cxunify.ingest.read import Reading, columns_for, read
from cxunify.schema.words import counted
from cxunify.warehouse import Warehouse, located, quote

MEMORY = "1GB"
"""Of a task's database; beyond it, it spills."""
_ROWS, _TOLD = "rows.parquet", "told"
_TABLE = "raw.incoming"


Reader = Callable[..., Reading]
"""Who adds a file's records to a table: `read`, or who is asked in its place."""


@dataclass(frozen=True)
class Job:
    """A file to be read."""

    extract: Extract
    layout: Layout


def reader(warehouse: Warehouse, plans: Sequence[Plan]) -> Reader:
    """Who reads the new files of these plans: this machine, as it comes to them, or what tasks have left of them by now."""
    jobs = {
        extract: (Job(extract, layout), todo)
        for todo in plans
        if not todo.problems and todo.source.query is None
        for extract, _, layout in todo.new
    }
    # The largest first: the last ones to end are small
    largest = sorted(jobs, key=lambda extract: -extract.bytes)
    rooms = warehouse.dealt(_read, [jobs[extract][0] for extract in largest])
    if rooms is None:
        return read
    left = {extract: room for extract, room in zip(largest, rooms, strict=True) if (room / _TOLD).exists()}
    for todo in plans:
        if here := sum(1 for extract in jobs if extract.source == todo.name and extract not in left):
            todo.notes.append(
                f"{counted(here, 'file is', 'files are')} read by this machine: tasks of Spark see no such file, or lack memory"
            )

    def taken(
        warehouse: Warehouse, extract: Extract, layout: Layout, table: str, file_id: int, scratch: Path,
        known: Sequence[str] = (),
    ) -> Reading:  # fmt: skip
        if extract in left:
            return _taken(warehouse, left[extract], table, file_id, known)
        return read(warehouse, extract, layout, table, file_id, scratch, known)

    return taken


def _read(job: Job, room: Path) -> None:
    """Read a file within a task, and leave in `room` what came of it; nothing where this machine had better read it."""
    extract = job.layout.copy or job.extract
    if not extract.path.exists():
        return
    folders = {room, extract.path.parent, extract.path.resolve().parent}
    told: Reading | Exception
    try:
        with Warehouse.open(room / "rows.duckdb", memory=MEMORY, threads=1, directories=folders) as own:
            own.execute("create schema raw")
            told = read(own, job.extract, job.layout, _TABLE, 0, room)
            own.export(f"select * from {_TABLE}", room / _ROWS)
    except MemoryShort:
        return
    except (CxunifyError, OSError) as error:
        told = error
    (room / "rows.duckdb").unlink(missing_ok=True)
    (room / _TOLD).write_bytes(pickle.dumps(told))


def _taken(warehouse: Warehouse, room: Path, table: str, file_id: int, known: Sequence[str]) -> Reading:
    """Take in what a task has left of a file. Raises what reading it has raised."""
    told = pickle.loads((room / _TOLD).read_bytes())  # noqa: S301 - our own, from a folder that is its owner's alone
    if not isinstance(told, Reading):
        raise told
    rows = f"read_parquet({located(room / _ROWS)})"
    own = [name for name, *_ in warehouse.rows(f"describe select * from {rows}")][2:]
    names = columns_for(warehouse, table, own, known)
    named = "".join(f", {quote(mine)} as {quote(name)}" for mine, name in zip(own, names, strict=True))
    warehouse.execute(
        f"insert into {table} by name select {file_id}::integer as file_id, source_row{named} from {rows}"
    )
    shutil.rmtree(room)
    return told
