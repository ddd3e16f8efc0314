"""A closed DuckDB file -> another one of the same tables, and files kept whole in it; every block of the old one is read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import duckdb

from cxunify import trouble
from cxunify.errors import DamageError, StorageError
from cxunify.warehouse.bounds import bounds, spilling
from cxunify.warehouse.stage import literal, quote


def copy(
    path: Path,
    to: Path,
    files: Mapping[str, Mapping[str, bytes]] | None = None,
    *,
    without: str = "",
    memory: str | None = None,
    threads: int | None = None,
    disk: str | None = None,
) -> None:
    """Copy what the file at `path` holds into a new one and put that at `to` (which may be `path`), in one step.

    `files`: tables of files that are kept whole beside, by name and content, as `held` gives them back. `without`: a table that is
    not copied. Nobody may have either open. Raises StorageError with both left as they were.
    """
    beside, spill = to.with_name(f"{to.name}.new"), to.with_name(f"{to.name}.new.tmp")
    connection = None
    try:
        remove(beside)
        connection = duckdb.connect(":memory:", config=bounds(spill, memory, threads))
        connection.execute(spilling(spill, disk))
        for name, file in (("old", path), ("new", beside)):
            connection.execute(f"attach {literal(str(file))} as {name}")
        connection.execute("copy from database old to new")
        connection.execute("use new")
        if without:
            connection.execute(f"drop table if exists {quote(without)}")
        for table, kept in (files or {}).items():
            connection.execute(f"create or replace table {quote(table)} (name varchar, content blob)")
            for name, content in kept.items():
                connection.execute(f"insert into {quote(table)} values ($1, $2)", [name, content])
        connection.execute("checkpoint new")
        connection.close()
        beside.chmod(0o600)
        with beside.open("rb") as handle:
            os.fsync(handle.fileno())
        beside.replace(to)
        to.with_name(f"{to.name}.wal").unlink(missing_ok=True)  # the old file's: all of it is in the new one
    except (duckdb.Error, OSError) as error:
        if connection is not None:
            connection.close()
        remove(beside)
        known = trouble.of(error)
        if isinstance(known, DamageError):
            raise known from None
        why = known.problems[0].what if known else str(error).splitlines()[0][:200]
        raise StorageError(
            f"{to.name} cannot be written anew: {why}",
            "It takes as much disk again as the file has: free some, and run the command again; all else stands.",
        ) from None


def held(path: Path, table: str) -> dict[str, bytes]:
    """The files that are kept whole in a database file. Raises StorageError."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            there = connection.execute("select count(*) from duckdb_tables() where table_name = $1", [table]).fetchall()
            if not there[0][0]:
                return {}
            return dict(connection.execute(f"select name, content from {quote(table)}").fetchall())
    except duckdb.Error as error:
        raise StorageError(
            f"cannot read {path}: {str(error).splitlines()[0][:200]}", "Remove it: the next run writes it anew."
        ) from None


def greatest(path: Path, table: str, column: str) -> str:
    """The greatest text in a column of a database file; empty where there is none, or the file cannot be read."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            found = connection.execute(f"select max({quote(column)}) from {quote(table)}").fetchall()
    except duckdb.Error:
        return ""
    return str(found[0][0] or "")


def remove(path: Path) -> None:
    """Remove a database file and its log, where they are."""
    for file in (path, path.with_name(f"{path.name}.wal")):
        file.unlink(missing_ok=True)
