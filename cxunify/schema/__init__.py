"""The canonical records: every table that layers agree on or publish, every column, its type and its meaning.

The README's tables, the descriptions in the Parquet files and DuckDB's comments come from here.
"""

from cxunify.schema.compared import COMPARED
from cxunify.schema.published import PUBLISHED
from cxunify.schema.raw import COLUMNS, FILES, RAW, REFUSALS, REJECTS
from cxunify.schema.staging import (
    ANOTHER,
    DROPPED,
    GAVE_WAY,
    INTERACTIONS,
    INVALID,
    JOINT,
    KINDS,
    LINES,
    NOBODY,
    OLDER,
    RECORDS,
    REPEATED,
    REPEATS,
    REPLACED,
    RESTATED,
    REUSED,
    STAGING,
    TRACES,
    UNDATED,
    UNDATED_OPTOUTS,
    UNREAD,
)  # fmt: skip
from cxunify.schema.table import Column, Table

SCHEMA_VERSION = 3
"""Raised when a published column is renamed, removed or changes its type; new columns do not raise it."""

__all__ = [
    "ANOTHER", "COLUMNS", "COMPARED", "DROPPED", "FILES", "GAVE_WAY", "INTERACTIONS", "INVALID", "JOINT", "KINDS", "LINES",
    "NOBODY", "OLDER", "PUBLISHED", "RAW", "RECORDS", "REFUSALS", "REJECTS", "REPEATED", "REPEATS", "REPLACED", "RESTATED",
    "REUSED", "SCHEMA_VERSION", "STAGING", "TRACES", "UNDATED", "UNDATED_OPTOUTS", "UNREAD", "Column", "Table",
]  # fmt: skip
