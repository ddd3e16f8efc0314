"""What a table is: its grain, its columns, their types and meanings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its DuckDB type and what it says."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table: its grain (the columns that identify a row) and its columns in order.

    A table that another layer reads, or that is published, has its columns here: that is its contract, checked when it is built.
    """

    name: str
    """With its schema in front, `identity.assignments`; of a published table, its file's stem."""
    meaning: str
    """What one row is, in one sentence."""
    grain: tuple[str, ...] = ()
    """Checked after every build. Empty: one row, or a table too large to count, whose grain follows from how it is made."""
    columns: tuple[Column, ...] = ()
    """Empty: private to the layer that makes it, which may change it at will."""

    @property
    def is_private(self) -> bool:
        """Whether only the layer that makes it may read it."""
        return not self.columns

    @property
    def types(self) -> dict[str, str]:
        """The columns and their types, in order."""
        return {column.name: column.type for column in self.columns}

    @property
    def definition(self) -> str:
        """The columns as CREATE TABLE wants them."""
        return ", ".join(f'"{column.name}" {column.type}' for column in self.columns)

    def select(self, source: str) -> str:
        """A SELECT from `source` (a table or a parenthesised query) with these columns, in this order, of these types."""
        casts = ", ".join(f'cast("{column.name}" as {column.type}) as "{column.name}"' for column in self.columns)
        return f"select {casts} from {source}"


def columns(text: str) -> tuple[Column, ...]:
    """Columns from lines of `name | type | meaning`, the shape in which they are easiest to read and to change."""
    lines = [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]
    return tuple(Column(name, kind, meaning) for name, kind, meaning in lines)
