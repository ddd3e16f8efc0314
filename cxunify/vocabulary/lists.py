"""data/*.csv -> rows of words, and SQL that asks whether a text is one of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib import resources

FOLDER = resources.files("cxunify") / "vocabulary" / "data"


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a data file, without comments and heading."""
    text = (FOLDER / f"{name}.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(tuple(row) for row in csv.reader(lines[1:]))


def listed(*kinds: str) -> tuple[str, ...]:
    """The placeholders of some kinds."""
    return tuple(value for kind, value in rows("placeholders") if kind in kinds)


def quoted(words: Iterable[str]) -> str:
    """SQL for words in a row, as they stand in a list."""
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words)


def values(table: Iterable[tuple[str, ...]]) -> str:
    """SQL for rows of words, as they stand in VALUES."""
    return ", ".join(f"({quoted(row)})" for row in table)
