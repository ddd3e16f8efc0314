"""The tables of quality that other layers read, beside the published gaps and readiness."""

from __future__ import annotations

from cxunify.schema import published
from cxunify.schema.table import Table, columns

GAPS = Table("quality.gaps", published.GAPS.meaning, published.GAPS.grain, published.GAPS.columns)
READINESS = Table(
    "quality.readiness", published.READINESS.meaning, published.READINESS.grain, published.READINESS.columns
)
DOCUMENT = Table(
    "quality.document",
    "One row: the gap report as one JSON document.",
    (),
    columns("document | VARCHAR | as in report.json"),
)
MEASURED = Table(
    "quality.measured",
    "One row per gap of the last report, and two for its totals: what the ledger keeps of it once it is published.",
    ("gap_id",),
    columns("""
        as_of      | TIMESTAMP     |
        looks_back | BOOLEAN       | the run was asked for an instant of its own
        gap_id     | VARCHAR       |
        measured   | DOUBLE        | share that is free of it
        rows       | BIGINT        | offending
        revenue    | DECIMAL(18,2) | behind them
    """),
)

QUALITY = (GAPS, READINESS, DOCUMENT, MEASURED)
