"""A closed DuckDB file -> the same tables in a file of its own, without the bytes of what was deleted from it.

DELETE, DROP, CHECKPOINT and VACUUM leave what a file once held in its blocks, to be read by whoever opens it as text.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from cxunify.errors import StorageError
from cxunify.warehouse.stage import literal


def compact(path: Path, *, memory: str | None = None, threads: int | None = None) -> None:
    """Copy what the file at `path` holds into a new one and put that in its place, in one step.

    Nobody may have the file open. Raises StorageError with the old file left as it was.
    """
    beside, spill = path.with_name(f"{path.name}.new"), path.with_name(f"{path.name}.new.tmp")
    settings: dict[str, str | bool | int | float | list[str]] = {"temp_directory": str(spill)}
    settings |= {"memory_limit": memory} if memory else {}
    settings |= {"threads": threads} if threads else {}
    connection = None
    try:
        remove(beside)
        connection = duckdb.connect(":memory:", config=settings)
        for name, file in (("old", path), ("new", beside)):
            connection.execute(f"attach {literal(str(file))} as {name}")
        connection.execute("copy from database old to new")
        connection.execute("checkpoint new")
        connection.close()
        beside.chmod(0o600)
        with beside.open("rb") as handle:
            os.fsync(handle.fileno())
        beside.replace(path)
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)  # the old file's: all of it is in the new one
    except (duckdb.Error, OSError) as error:
        if connection is not None:
            connection.close()
        remove(beside)
        raise StorageError(
            f"cannot compact {path}: {str(error).splitlines()[0][:200]}",
            "It takes as much disk again as the file has: free some, and run the command again.",
        ) from None


def remove(path: Path) -> None:
    """Remove a database file and its log, where they are."""
    for file in (path, path.with_name(f"{path.name}.wal")):
        file.unlink(missing_ok=True)
