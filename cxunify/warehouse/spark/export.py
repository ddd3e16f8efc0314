"""exports of tables that Spark has the rows of -> their files, each written by a task: by the same engine, so to the same bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from cxunify.errors import MemoryShort
from cxunify.schema.table import Table
from cxunify.warehouse.connection import LEDGER
from cxunify.warehouse.export import Export
from cxunify.warehouse.runner import Warehouse
from cxunify.warehouse.spark.folders import Folders, rows
from cxunify.warehouse.stage import Stage, parameters_of, tables_of

MEMORY = "2GB"
"""Of a task's database; beyond it, it spills: with half of it, the customers of a million records cost three times as much."""
FILE = "rows.parquet"
_DATABASE = "rows.duckdb"


@dataclass(frozen=True)
class Job:
    """A file to be written, and what its SELECT is to find."""

    export: Export
    views: tuple[Stage, ...]
    """The tables that it reads, as views of Parquet, and the views over these, in their order."""
    folders: tuple[Path, ...]
    """Where that lies."""


def job(warehouse: Warehouse, folders: Folders, export: Export, worth: int) -> Job | None:
    """What a task is told to write a file.

    None where no table that it reads and of which there is a folder has so many rows as are `worth` a task: to hand over all of
    it would cost what the file does. What the ledger says is written here: it is small.
    """
    views = dict[str, Stage]()
    tables = dict[str, int]()

    def look(select: str) -> None:
        for name in tables_of(select):
            if warehouse.kind(name) == "view" and name not in views:
                look(said := _select(warehouse, name))
                views[name] = _view(name, said)
            elif warehouse.kind(name) == "table":
                tables[name] = warehouse.scalar(f"select count(*) from {name}")

    look(export.select)
    large = any(count >= worth and folders.has(name) for name, count in tables.items())
    if not large or any(name.startswith(f"{LEDGER}.") for name in tables):
        return None
    found = {name: folders.of(name) for name in tables}
    bound = {name: value for name, value in export.params.items() if name in parameters_of(export.select)}
    read = [_view(name, rows(folder, warehouse.columns(name))) for name, folder in found.items()]
    return Job(replace(export, params=bound), (*read, *views.values()), tuple(found.values()))


def _select(warehouse: Warehouse, name: str) -> str:
    """The SELECT of a view."""
    schema, _, bare = name.partition(".")
    said = "select sql from duckdb_views() where schema_name = $schema and view_name = $view"
    return str(warehouse.scalar(said, {"schema": schema, "view": bare})).partition(" AS ")[2].removesuffix(";")


def _view(name: str, select: str) -> Stage:
    return Stage(Table(name, ""), select, is_view=True)


def write(job: Job, room: Path) -> None:
    """Write a file within a task, into `room`; none where the memory of a task is too little for it."""
    path = room / _DATABASE
    try:
        with Warehouse.open(path, memory=MEMORY, threads=1, directories=(room, *job.folders)) as own:
            own.build(job.views)
            own.export(job.export.select, room / FILE, job.export.options, job.export.params)
    except MemoryShort:
        (room / FILE).unlink(missing_ok=True)
    path.unlink(missing_ok=True)
