"""A DuckDB file -> whether every block of it, and of its log, can be read: looked at by another process, which it may bring down.

`python -m cxunify.warehouse.sound FILE` ends with 0 where all is well, and else says in one word what is the matter.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb

from cxunify.warehouse.stage import literal, quote

_LONGEST = 900
"""Seconds after which a file that will not open is taken for damaged."""


def why_unsound(path: Path) -> str:
    """Why a database file cannot be read, in a word or two; empty where every row of every table can."""
    command = [sys.executable, "-m", "cxunify.warehouse.sound", str(path)]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return "reading it comes to no end"
    if found.returncode == 0:
        return ""
    return found.stdout.strip() or "reading it brings the reader down"


def look(path: Path) -> str:
    """Read every row of every table; what is the matter, else empty."""
    connection = duckdb.connect(":memory:", config={"threads": 1, "temp_directory": f"{path}.tmp"})
    try:
        connection.execute(f"attach {literal(str(path))} as looked (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'looked'"
        ).fetchall()
        for schema, table in tables:
            name = f"looked.{quote(schema)}.{quote(table)}"
            connection.execute(f"select count(*), sum(hash(t)::hugeint) from {name} as t").fetchall()
    except Exception as error:  # noqa: BLE001 - whatever it is, the file cannot be read
        return type(error).__name__
    finally:
        connection.close()
    return ""


if __name__ == "__main__":
    told = look(Path(sys.argv[1]))
    sys.stdout.write(told)
    sys.exit(bool(told))
