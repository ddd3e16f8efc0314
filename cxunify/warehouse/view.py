"""What a catalog shows of a published table, and in which table of the catalog its rows are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class View:
    """A published table, as a catalog shows it."""

    name: str
    content: str
    """How the name of the table begins that holds its rows: equal for equal files."""
    path: Path
    """The file or folder of its rows."""
    columns: Mapping[str, str]
    """Name of a column -> what it says, in order."""
    meaning: str
    partition: str
    rows: int
