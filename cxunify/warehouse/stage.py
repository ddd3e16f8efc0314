"""What a table is: its name, the SELECT that makes it, its grain and its meaning; and the one door for names into SQL."""

from __future__ import annotations

from dataclasses import dataclass

TEMPORARY = "temp"
"""The schema of tables that live as long as the connection and never reach the file."""


@dataclass(frozen=True)
class Stage:
    """One table and the single SELECT that makes it."""

    table: str
    """Schema and name, such as `identity.features`; or `temp.keys`, which lives as long as the connection."""
    select: str
    """One SELECT over real table names; values are bound as `$name`."""
    grain: tuple[str, ...] = ()
    """The columns that identify a row; checked after the build. Empty: not checked (tables of pairs)."""
    meaning: str = ""
    """What one row is, in one sentence; becomes the table's comment."""


def quote(identifier: str) -> str:
    """Quote a column or table name for SQL: the one door through which names from outside enter a statement."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL where a parameter cannot be bound (comments, COPY options)."""
    return "'" + text.replace("'", "''") + "'"
