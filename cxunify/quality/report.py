"""quality.* -> the Report, and the tables that keep it: quality.gaps, quality.readiness, quality.document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from cxunify.errors import LookupFailed
from cxunify.quality import estimate
from cxunify.quality.headline import headline
from cxunify.schema import Table
from cxunify.schema.figures import Coverage, Freshness, Largest, Linkage, Overlap, PlaceMonth, Sign, Size, Tables, Week
from cxunify.schema.quality import DOCUMENT, GAPS, READINESS
from cxunify.schema.report import Gap, Report, Requirement, parse
from cxunify.schema.totals import Totals, Uncounted
from cxunify.warehouse import Params, Warehouse, statement
from cxunify.warehouse.code import code_of
from cxunify.warehouse.frames import types

_OVERLAP = 12
"""Combinations of channels that are told apart; the rest are summed."""
_Row = TypeVar("_Row")


def totals(warehouse: Warehouse, currency: str) -> Totals:
    """What the report is about."""
    sums = warehouse.rows(statement("cxunify.quality", "queries", "totals"))[0]
    first, last = warehouse.rows("select min(first_day), max(last_day) from quality.freshness")[0]
    records, customers, without_record, interactions, lines, nobodys, nobodys_lines, revenue, nobodys_revenue = sums
    uncounted = warehouse.rows(
        "select currency, sum(interactions)::bigint, sum(amount) from quality.uncounted group by currency"
        " order by sum(interactions) desc, currency"
    )
    return Totals(
        records, customers, interactions, lines, nobodys, nobodys_lines, revenue, nobodys_revenue, currency, first, last,
        without_record, tuple(Uncounted(*row) for row in uncounted),
    )  # fmt: skip


def tables(warehouse: Warehouse) -> Tables:
    """What the charts show."""
    return Tables(
        coverage=_rows(warehouse, Coverage, "from quality.coverage"),
        sources=_rows(warehouse, Freshness, "select * exclude (last_at) from quality.freshness"),
        linkage=_rows(warehouse, Linkage, statement("cxunify.quality", "queries", "linkage")),
        weeks=_rows(warehouse, Week, statement("cxunify.quality", "queries", "weeks")),
        places=_rows(warehouse, PlaceMonth, statement("cxunify.quality", "queries", "places")),
        overlap=_rows(warehouse, Overlap, statement("cxunify.quality", "queries", "overlap"), {"most": _OVERLAP}),
        identity=_rows(warehouse, Sign, "select measure, found, total, meaning from identity.health order by place"),
        largest=_rows(warehouse, Largest, statement("cxunify.quality", "queries", "largest")),
        clusters=_rows(warehouse, Size, statement("cxunify.quality", "queries", "sizes")),
    )  # fmt: skip


def _rows(warehouse: Warehouse, kind: type[_Row], query: str, params: Params | None = None) -> tuple[_Row, ...]:
    """The rows of a query whose columns are the fields of `kind`."""
    return tuple(kind(**row) for row in warehouse.frame(query, params).to_dicts())


def loyalty(warehouse: Warehouse, total: Totals) -> estimate.Loyalty | None:
    """What the unidentified purchases do to the repeat share."""
    counts = dict(warehouse.rows(
        "select purchase_days::integer, count(*) from quality.customers where purchase_days > 0 group by all order by all"
    ))  # fmt: skip
    purchases, unknown = warehouse.rows(
        "select coalesce(sum(purchases), 0), coalesce(sum(purchases) filter (where not identified), 0) from quality.daily"
    )[0]
    return estimate.loyalty(counts, float(unknown / purchases)) if purchases and total.customers else None


def with_capabilities(gaps: Sequence[Gap], needs: Sequence[Requirement]) -> tuple[Gap, ...]:
    """The gaps, each with the capabilities that it blocks."""
    blocked: dict[str, list[str]] = {}
    for need in needs:
        for gap_id in need.blocked_by:
            if need.capability not in blocked.setdefault(gap_id, []):
                blocked[gap_id].append(need.capability)
    return tuple(replace(gap, capabilities=tuple(blocked.get(gap.gap_id, ()))) for gap in gaps)


def keep(warehouse: Warehouse, report: Report, made_from: str) -> None:
    """Write quality.gaps, quality.readiness and quality.document, and note what the report was made from."""
    document = json.dumps(report.document(), ensure_ascii=False)
    with warehouse.transaction():
        _write(warehouse, GAPS, made_from, [
            {**asdict(gap), "rank": rank, "capabilities": ", ".join(gap.capabilities)}
            for rank, gap in enumerate(report.gaps, start=1)
        ])  # fmt: skip
        _write(warehouse, READINESS, made_from, [
            {
                **asdict(need), "customers": need.customers_blocked, "revenue": need.revenue_blocked,
                "gaps": ", ".join(need.blocked_by),
            }
            for need in report.readiness
        ])  # fmt: skip
        _write(warehouse, DOCUMENT, made_from, [{"document": document}])


def _write(warehouse: Warehouse, table: Table, made_from: str, rows: list[dict[str, Any]]) -> None:
    columns = types(table)
    frame = pl.DataFrame([{name: row[name] for name in columns} for row in rows], schema=columns)
    warehouse.write(table, frame)
    warehouse.note(table.name, made_from)


@cache
def code() -> str:
    """A fingerprint of the code and the texts that make the report."""
    return code_of(Path(__file__).parent)


def saved(warehouse: Warehouse) -> Report:
    """The report of the last assessment, with the roundings of report.json. Raises LookupFailed where there is none."""
    if not warehouse.exists("quality.document"):
        raise LookupFailed("there is no gap report yet", "Run `cxunify quality` first.")
    return parse(warehouse.scalar("select document from quality.document"))


def assembled(
    as_of: datetime | None, total: Totals, gaps: Sequence[Gap], needs: Sequence[Requirement], effect: estimate.Loyalty | None,
    ran: Sequence[str], shown: Tables,
) -> Report:  # fmt: skip
    """The parts as one report."""
    whole = with_capabilities(gaps, needs)
    return Report(
        as_of, total, headline(total, whole, needs, effect, shown.linkage), whole, tuple(needs), tuple(ran), shown
    )
