"""tables of a warehouse -> how large they are: rows, and of each column the bytes that a row of Spark has for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cxunify.warehouse.connection import Connection
from cxunify.warehouse.stage import quote

FIXED = 8.0
"""Bytes of a number, a time or a truth, and of what says where a longer value lies."""
_LOOKED_AT = 20_000
"""So many rows say how long texts are."""
_INLINE = ("INT", "DOUBLE", "FLOAT", "DATE", "TIME", "BOOL", "DECIMAL")
_NESTED = ("[]", "STRUCT", "MAP")
_WRITTEN = 1.5
"""What is nested takes so many bytes for each sign that it is written with: each of its parts says where it lies."""


@dataclass(frozen=True)
class Size:
    """How large a table is."""

    rows: float
    columns: Mapping[str, float]
    """Column -> bytes in a row, on average."""
    filled: Mapping[str, float] = field(default_factory=dict)
    """Column -> share of the rows in which it says anything; all of them where it is not named."""

    @property
    def width(self) -> float:
        """Bytes of a whole row."""
        return FIXED + sum(self.columns.values())


def sizes(warehouse: Connection, tables: Iterable[str]) -> dict[str, Size]:
    """How large each of these tables is, of those that are there."""
    return {name: _size(warehouse, name) for name in tables if warehouse.kind(name) == "table"}


def _size(warehouse: Connection, name: str) -> Size:
    kinds = warehouse.columns(name)
    table = f"{name.partition('.')[0]}.{quote(name.partition('.')[2])}"
    rows = float(warehouse.scalar(f"select count(*) from {table}"))
    asked = [
        f"avg({'0' if _is_inline(kind) else f'coalesce(strlen({quote(column)}::varchar), 0)'}), count({quote(column)}) / count(*)"
        for column, kind in kinds.items()
    ]
    found = (
        warehouse.rows(f"select {', '.join(asked)} from (select * from {table} limit {_LOOKED_AT})")[0] if rows else ()
    )
    lengths, filled = found[::2], found[1::2]
    return Size(
        rows,
        {
            column: FIXED if _is_inline(kind) else _long(kind, length)
            for (column, kind), length in zip(kinds.items(), lengths or [0.0] * len(kinds), strict=True)
        },
        dict(zip(kinds, filled, strict=False)),
    )


def _is_inline(kind: str) -> bool:
    return not any(sign in kind for sign in _NESTED) and any(word in kind for word in _INLINE)


def _long(kind: str, length: float) -> float:
    """Of a text or of what is nested: where it lies, and its bytes in whole words of eight."""
    written = length * (_WRITTEN if any(sign in kind for sign in _NESTED) else 1.0)
    return FIXED + (written + FIXED / 2 if written else 0.0)
