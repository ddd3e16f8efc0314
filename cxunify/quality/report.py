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
from cxunify.quality import estimate, price
from cxunify.schema import Table
from cxunify.schema.figures import Coverage, Freshness, Largest, Linkage, Overlap, PlaceMonth, Sign, Size, Tables, Week
from cxunify.schema.quality import DOCUMENT, GAPS, READINESS
from cxunify.schema.report import Gap, Report, Requirement, Totals, parse
from cxunify.warehouse import Params, Warehouse, statement
from cxunify.warehouse.runner import code_of

_SLIGHT = 0.005
"""A smaller share that belongs to nobody is not what a report begins with."""
_OVERLAP = 12
"""Combinations of channels that are told apart; the rest are summed."""
_Row = TypeVar("_Row")


def totals(warehouse: Warehouse, currency: str) -> Totals:
    """What the report is about."""
    counted = warehouse.rows(statement("cxunify.quality", "queries", "totals"))[0]
    first, last = warehouse.rows("select min(first_day), max(last_day) from quality.freshness")[0]
    records, customers, interactions, lines, nobodys, nobodys_lines, revenue, nobodys_revenue = counted
    return Totals(
        records, customers, interactions, lines, nobodys, nobodys_lines, revenue, nobodys_revenue, currency, first, last
    )


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


def headline(
    total: Totals,
    gaps: Sequence[Gap],
    needs: Sequence[Requirement],
    effect: estimate.Loyalty | None,
    linkage: Sequence[Linkage],
) -> tuple[str, ...]:
    """What to know first: what belongs to nobody, where, what closing it brings, and what it blocks."""
    said = []
    nobody = next((gap for gap in gaps if gap.check == "no_customer"), None)
    lines = f"{total.unidentified_lines:,} of {total.lines:,} lines"
    if total.unidentified_revenue_share >= _SLIGHT:
        said.append(
            f"{total.unidentified_revenue_share:.1%} of revenue belongs to nobody: {money(total.unidentified_revenue)} of"
            f" {money(total.revenue)} {total.currency} ({_by_source(linkage)})."
        )
    elif total.unidentified_share >= _SLIGHT:
        said.append(f"{total.unidentified_share:.1%} of interactions belong to nobody: {lines}.")
    elif total.unidentified_lines:
        said.append(f"Nearly every interaction has its customer: all but {lines}.")
    if nobody and nobody.places:
        said.append(f"In {nobody.source}, {nobody.cause[:1].lower()}{nobody.cause[1:]}")
    if nobody and nobody.closing and nobody.closing.revenue > 0:
        share = nobody.closing.rows / nobody.rows
        said.append(
            f"If the weaker places asked as the better ones do, {share:.0%} of them"
            f" ({money(nobody.closing.revenue)} {total.currency}) would gain a customer (estimated)."
        )
    if effect and total.unidentified_lines and effect.corrected - effect.seen >= 0.005:
        said.append(
            f"Repeat customers look like {effect.seen:.0%} of buyers and are about {effect.corrected:.0%} (estimated)."
        )
    blocked = [need for need in needs if need.status == "gap" and need.blocked_by]
    names = list(dict.fromkeys(need.title for need in sorted(blocked, key=lambda need: -need.customers_blocked)))
    if names:
        most = max(need.customers_blocked for need in blocked)
        shown = ", ".join(name[:1].lower() + name[1:] for name in names[:3])
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        said.append(
            f"Until the gaps are closed, {shown}{more} {'are' if len(names) > 1 else 'is'} blocked for {most:,} customers."
        )
    if gaps:
        if gaps[0].check not in price.NOBODYS:
            said.append(_lead(gaps[0]))
        said.append(f"Fix first: {gaps[0].fix} {gaps[0].why}")
    return tuple(said)


def _lead(gap: Gap) -> str:
    """The costliest gap in a sentence, where it is another one than interactions without a customer."""
    where = f" in {gap.source}" if gap.source else ""
    title = gap.title if gap.title[:2].isupper() else gap.title[:1].lower() + gap.title[1:]
    return f"The costliest gap: {title}{where}, {gap.rows:,} rows ({1 - gap.measured:.1%}). {gap.cause}".strip()


def _by_source(linkage: Sequence[Linkage]) -> str:
    """Where the money that belongs to nobody is, as `17,952.21 in receipts, 463.70 in web_events`: it adds up to the total."""
    unknown = [(row.revenue - row.identified_revenue, row.source, row) for row in linkage]
    ordered = sorted(
        ((amount, source, row) for amount, source, row in unknown if amount), key=lambda part: (-part[0], part[1])
    )
    if len(ordered) == 1:
        _, source, row = ordered[0]
        return f"all in {source}, {row.lines - row.identified_lines:,} of its {row.lines:,} lines"
    return ", ".join(f"{money(amount)} in {source}" for amount, source, _ in ordered)


def money(value: Any) -> str:
    """1447682.12 as people read it: 1,447,682.12."""
    return f"{value:,.2f}"


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
    types = {name: _POLARS[kind] for name, kind in table.types.items()}
    frame = pl.DataFrame([{name: row[name] for name in types} for row in rows], schema=types)
    warehouse.write(table, frame)
    warehouse.note(table.name, made_from)


@cache
def code() -> str:
    """A fingerprint of the code and the texts that make the report."""
    return code_of(Path(__file__).parent)


_POLARS: dict[str, Any] = {
    "VARCHAR": pl.String, "DOUBLE": pl.Float64, "BIGINT": pl.Int64, "INTEGER": pl.Int32, "BOOLEAN": pl.Boolean, "DATE": pl.Date,
    "DECIMAL(18,2)": pl.Decimal(18, 2),
}  # fmt: skip


def saved(warehouse: Warehouse) -> Report:
    """The report of the last assessment, with the roundings of report.json. Raises LookupFailed where there is none."""
    if not warehouse.exists("quality.document"):
        raise LookupFailed("there is no gap report yet", "Run `cxunify quality` first.")
    return parse(warehouse.scalar("select document from quality.document"))


def assembled(
    as_of: datetime, total: Totals, gaps: Sequence[Gap], needs: Sequence[Requirement], effect: estimate.Loyalty | None,
    ran: Sequence[str], shown: Tables,
) -> Report:  # fmt: skip
    """The parts as one report."""
    whole = with_capabilities(gaps, needs)
    return Report(
        as_of, total, headline(total, whole, needs, effect, shown.linkage), whole, tuple(needs), tuple(ran), shown
    )
