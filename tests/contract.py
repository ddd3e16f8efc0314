"""What has been published under each schema_version, and must stay: tests/publish/cases/schema_<version>.txt.

`python -m tests.contract` (`make schema`) writes down what is new. What is written down already it never changes: a column that
vanishes or changes its type needs another schema_version; words may be mended by hand where they mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cxunify.schema import PUBLISHED, SCHEMA_VERSION, Table

FOLDER = Path(__file__).parent / "publish" / "cases"
Promise = dict[tuple[str, str], tuple[str, str]]
"""Table and column to type and meaning; the column `(row)` holds the table's grain and meaning."""


def file(version: int = SCHEMA_VERSION) -> Path:
    """Where the promises of a version are kept."""
    return FOLDER / f"schema_{version}.txt"


def today(tables: Iterable[Table] = PUBLISHED) -> Promise:
    """What the code says today."""
    found: Promise = {}
    for table in tables:
        found[table.name, "(row)"] = (" ".join(table.grain), table.meaning)
        found |= {(table.name, column.name): (column.type, column.meaning) for column in table.columns}
    return found


def promised(version: int = SCHEMA_VERSION) -> Promise:
    """What was written down; nothing for a version that is new."""
    if not file(version).exists():
        return {}
    lines = (line.split(" | ") for line in file(version).read_text(encoding="utf-8").splitlines())
    return {(table, column): (kind, meaning) for table, column, kind, meaning in lines}


def broken(was: Promise, now: Promise) -> list[str]:
    """The promises that are no longer kept, one sentence each. What is new breaks nothing."""
    found = []
    for (table, column), (kind, meaning) in was.items():
        name = table if column == "(row)" else f"{table}.{column}"
        if (table, column) not in now:
            found.append(f"{name} has vanished")
            continue
        kind_now, meaning_now = now[table, column]
        if kind_now != kind:
            found.append(f"{name} was {kind} and is {kind_now}")
        if meaning_now != meaning:
            found.append(f"{name} meant `{meaning}` and means `{meaning_now}`")
    return found


def written(promise: Promise) -> str:
    """The promises as they are kept."""
    return "".join(f"{table} | {column} | {kind} | {meaning}\n" for (table, column), (kind, meaning) in promise.items())


if __name__ == "__main__":
    was, now = promised(), today()
    kept = {**now, **was}
    file().write_text(written({name: kept[name] for name in (*now, *(name for name in was if name not in now))}))
