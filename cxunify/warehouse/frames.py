"""The contract of a table -> the types of a frame of its rows: a loop that makes no row still makes every column.

And the digits of its numbers that do not depend on the machine.
"""

from __future__ import annotations

from typing import Any

import polars as pl
import polars.selectors as cs

from cxunify.schema.table import Table

_TYPES: dict[str, Any] = {
    "VARCHAR": pl.String, "DOUBLE": pl.Float64, "BIGINT": pl.Int64, "INTEGER": pl.Int32, "BOOLEAN": pl.Boolean, "DATE": pl.Date,
    "DECIMAL(18,2)": pl.Decimal(18, 2),
}  # fmt: skip


def types(table: Table) -> dict[str, Any]:
    """The columns of a table with a contract, in order, and what Polars calls their types."""
    return {name: _TYPES[kind] for name, kind in table.types.items()}


def repeatable(frame: pl.DataFrame) -> pl.DataFrame:
    """The same with ten digits of each floating point number.

    In which order numbers are added up depends on how many lanes a processor has and where in memory they lie, and with it the last
    digits of whatever was summed or fitted: they tell nothing, and a run that is made again must publish the same.
    """
    return frame.with_columns(cs.float().round_sig_figs(10))
