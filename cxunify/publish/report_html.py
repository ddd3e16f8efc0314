"""The gap report -> one HTML file: no script, no network, dark and light, printable, readable on a phone."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from itertools import groupby

from cxunify.publish.report_charts import charts
from cxunify.publish.report_markup import Markup, document, element, figure, folded, joined, scrolled, table
from cxunify.schema.figures import Freshness, Tables
from cxunify.schema.report import CATEGORIES, Gap, Report, Requirement
from cxunify.schema.words import against, counted, number

_GAPS = 10
_MARK = {"pass": "✓ met", "gap": "✗ not met", "none": "· no data"}


def html(report: Report) -> str:
    """The page."""
    return document("Gap report", *_sections(report))


def _sections(report: Report) -> list[Markup]:
    lead, *more = report.headline
    fix = [sentence for sentence in more if sentence.startswith("Fix first:")]
    rest = [sentence for sentence in more if sentence not in fix]
    return [
        element("h1", f"Gap report · {report.speaks_of}"),
        element("p", lead, class_="lead"),
        *(element("p", sentence) for sentence in rest),
        *(element("p", sentence, class_="fix") for sentence in fix),
        *_since(report),
        element("h2", "Gaps, the costliest first"),
        _gaps(report),
        element("h2", "Where to look"),
        *(figure(*chart) for chart in charts(report)),
        element("h2", "What the data is ready for"),
        *_readiness(report.readiness),
        *_identity(report.tables),
        element("h2", "Sources"),
        _sources(report.tables.sources),
        element("p", _footer(report), class_="soft"),
    ]


def _since(report: Report) -> list[Markup]:
    """What has changed since the run before."""
    since = report.since
    if since is None:
        return []
    rows: list[list[object]] = [[change, gap_id] for change, ids in since.changes.items() for gap_id in ids]
    return [
        element("h2", f"Since run {since.run_id}"),
        scrolled(table(["change", "gap"], rows), "Changes") if rows else element("p", "No gap has moved."),
    ]


def _gaps(report: Report) -> Markup:
    gaps, currency = report.gaps, report.totals.currency
    if not gaps:
        return element("p", report.verdict, class_="soft" if report.unmeasured else "pass")
    items = [element("li", _what(gap), _price(gap, currency)) for gap in gaps]
    more = (
        folded(f"{len(gaps) - _GAPS} more", element("ol", *items[_GAPS:], class_="gaps")) if len(gaps) > _GAPS else None
    )
    return joined(
        element(
            "p",
            f"Out of reach: the {currency} behind a gap, weighted by how much of it the gap keeps from use. ",
            element("code", f"cxunify quality {shlex.quote(gaps[0].gap_id)}"),
            " lists the rows behind the first one; under “How it is measured” every gap has its id. ",
            report.verdict,
            class_="soft",
        ),
        element("ol", *items[:_GAPS], class_="gaps"),
        more,
    )


def _what(gap: Gap) -> Markup:
    where = " · ".join(str(part) for part in (gap.source, gap.location, gap.period, gap.dimension) if part)
    return element(
        "div",
        element("h3", gap.title),
        element("p", where, class_="soft"),
        element("p", gap.cause) if gap.cause else None,
        element("p", gap.why),
        element("p", gap.fix, class_="fix"),
        folded("Lines for cxunify.yaml", element("pre", gap.paste, tabindex="0")) if gap.paste else None,
        folded(
            "How it is measured",
            element(
                "p",
                element("code", gap.gap_id),
                ": {} sound, target {}. ".format(*against(gap.measured, gap.target, "share", 2)),
                gap.method,
            ),
            element("p", f"Blocks: {', '.join(gap.capabilities).replace('_', ' ')}.") if gap.capabilities else None,
        ),
        class_="what",
    )


def _price(gap: Gap, currency: str) -> Markup:
    lines: list[object] = []
    if gap.cost:
        lines.append(element("strong", f"{gap.cost:,.0f} {currency}"))
        behind = f", of {gap.revenue:,.0f}" if gap.revenue != gap.cost else ""
        lines.append(element("span", f"{gap.confidence}{behind}", class_="soft"))
    lines.append(f"{gap.size} {'row' if gap.rows == 1 else 'rows'}")
    if gap.customers:
        lines.append(counted(gap.customers, "customer"))
    return element("div", *(element("div", line) for line in lines), class_="price")


def _readiness(needs: Iterable[Requirement]) -> list[Markup]:
    order = list(CATEGORIES)
    parts: list[Markup] = []
    ordered = sorted(needs, key=lambda need: order.index(need.category))
    for category, group in groupby(ordered, lambda need: need.category):
        rows: list[list[object]] = []
        for _, items in groupby(group, lambda need: need.capability):
            for at, need in enumerate(items):
                blocked = f"{need.customers_blocked:,}" if need.status == "gap" else ""
                measured, required = _both(need)
                rows.append([
                    need.title if at == 0 else "", need.text, required, measured,
                    element("span", _MARK[need.status], class_=need.status), blocked,
                ])  # fmt: skip
        header = ["capability", "requirement", "required", "measured", "met", "customers blocked"]
        title = CATEGORIES[category]
        parts += [element("h3", title), scrolled(table(header, rows, numbers=(2, 3, 5)), title)]
    return parts


def _both(need: Requirement) -> tuple[str, str]:
    """What was measured and what is required."""
    digits = 1 if need.unit == "share" else 0
    if need.measured is None:
        return number(None, need.unit), number(need.required, need.unit, digits)
    return against(need.measured, need.required, need.unit, digits)


def _identity(tables: Tables) -> list[Markup]:
    """What can be told of the customers themselves without knowing who people really are."""
    signs = tables.identity
    if not signs:
        return []
    rows: list[list[object]] = [[sign.measure, f"{sign.found:,}", f"{sign.total:,}", sign.meaning] for sign in signs]
    largest = ", ".join(f"{row.customer_id} {row.records:,}" for row in tables.largest)
    return [
        element("h2", "Signs of wrong and missed merges"),
        scrolled(table(["sign", "found", "of", "hints at"], rows, numbers=(1, 2)), "Signs of wrong and missed merges"),
        element(
            "p", f"Largest customers, in records: {largest}. None of this is proof; its growth is news.", class_="soft"
        ),
    ]


def _sources(sources: Iterable[Freshness]) -> Markup:
    rows: list[list[object]] = [
        [row.source, row.first_day, row.last_day, f"{row.usual_gap_days:,}", f"{row.silent_days:,}"] for row in sources
    ]
    header = ["source", "first day", "last day", "usual gap, days", "silent days"]
    return scrolled(table(header, rows, numbers=(3, 4)), "Sources")


def _footer(report: Report) -> str:
    totals = report.totals
    return (
        f"{counted(totals.records, 'record')}, {counted(totals.customers, 'customer')},"
        f" {counted(totals.interactions, 'interaction')} in"
        f" {counted(totals.lines, 'line')}. Revenue is purchases net of returns, in {totals.currency}. The revenue behind a gap is"
        " what its rows or their customers brought; it is not to be added up over gaps. Everything here is in report.json too."
    )
