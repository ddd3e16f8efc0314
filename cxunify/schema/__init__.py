"""The canonical records: every table that layers agree on or publish, every column, its type and its meaning.

The README's tables, the descriptions in the Parquet files and DuckDB's comments come from here.
"""

from cxunify.schema.compared import COMPARED
from cxunify.schema.published import PUBLISHED
from cxunify.schema.raw import FILES, RAW, REJECTS
from cxunify.schema.staging import INTERACTIONS, INVALID, KINDS, LINES, RECORDS, ROW_NO, STAGING, TRACES
from cxunify.schema.table import Column, Table

SCHEMA_VERSION = 2
"""Raised when a published column is renamed, removed or changes its type; new columns do not raise it."""

__all__ = [
    "COMPARED", "FILES", "INTERACTIONS", "INVALID", "KINDS", "LINES", "PUBLISHED", "RAW", "RECORDS", "REJECTS", "ROW_NO",
    "SCHEMA_VERSION", "STAGING", "TRACES", "Column", "Table",
]  # fmt: skip
