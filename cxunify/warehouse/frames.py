"""The contract of a table -> the types of a frame of its rows: a loop that makes no row still makes every column."""

from __future__ import annotations

from typing import Any

import polars as pl

from cxunify.schema.table import Table

_TYPES: dict[str, Any] = {
    "VARCHAR": pl.String, "DOUBLE": pl.Float64, "BIGINT": pl.Int64, "INTEGER": pl.Int32, "BOOLEAN": pl.Boolean, "DATE": pl.Date,
    "DECIMAL(18,2)": pl.Decimal(18, 2),
}  # fmt: skip


def types(table: Table) -> dict[str, Any]:
    """The columns of a table with a contract, in order, and what Polars calls their types."""
    return {name: _TYPES[kind] for name, kind in table.types.items()}
