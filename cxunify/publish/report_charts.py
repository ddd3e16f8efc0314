"""The gap report -> its charts as inline SVG, drawn by Vega-Lite without a browser, a script or a network.

Colours are the page's CSS variables, so that the charts follow it into the dark and onto paper.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from cxunify.publish.report_markup import Markup, visible
from cxunify.schema.figures import Coverage, Overlap, PlaceMonth, Size, Week
from cxunify.schema.report import Report

_TEXT = {
    "labelColor": "var(--ink)", "titleColor": "var(--soft)", "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
}  # fmt: skip
_CONFIG: dict[str, Any] = {
    "aria": False,
    "background": None,
    "padding": {"left": 18, "right": 18, "top": 5, "bottom": 5},
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        **_TEXT, "gridColor": "var(--rule)", "domainColor": "var(--rule)", "tickColor": "var(--rule)", "labelLimit": 220,
    },
    "legend": {**_TEXT, "gradientStrokeColor": "transparent", "orient": "top", "columnPadding": 28},
}  # fmt: skip
_HEAT: dict[str, Any] = {
    "type": "threshold", "domain": [0.5, 0.7, 0.8, 0.9, 0.98],
    "range": ["var(--h0)", "var(--h1)", "var(--h2)", "var(--h3)", "var(--h4)", "var(--h5)"],
}  # fmt: skip
_BANDS = ["below 50%", "50% to 70%", "to 80%", "to 90%", "to 98%", "98% and more"]
"""The steps of the heat in words."""
_WIDE, _NARROW = 620, 420


Spec = tuple[str, str, dict[str, Any]]
"""Name, caption and Vega-Lite of a chart."""


def charts(report: Report) -> list[tuple[str, str, Markup]]:
    """Name, caption and SVG of every chart that the data has something to show in."""
    return drawn(_specs(report))


def drawn(specs: Iterable[Spec]) -> list[tuple[str, str, Markup]]:
    """Name, caption and SVG of charts."""
    import vl_convert  # here: only a page pays for it

    found = []
    for name, caption, spec in specs:
        plain = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": _CONFIG, **spec}
        found.append((name, caption, _inline(name, caption, vl_convert.vegalite_to_svg(plain))))
    return found


def _inline(name: str, caption: str, svg: str) -> Markup:
    """One of several SVGs in one page: an image with a name, and ids of its own."""
    svg = re.sub(r'\bid="(\w+)"', rf'id="{name}-\1"', svg).replace("url(#", f"url(#{name}-")
    label = caption.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))


def _specs(report: Report) -> list[Spec]:
    tables, currency = report.tables, report.totals.currency
    specs = []
    if len(weeks := tables.weeks) > 1:
        specs.append(
            ("time", "Revenue by week: what has a customer, and what belongs to nobody", _time(weeks, currency))
        )
    if len(runs := tables.trend) > 1:
        what = report.totals.yardstick
        specs.append(
            (
                "trend",
                f"Share of {what} that has a customer, run by run, and the day each run speaks of",
                _trend([(run.as_of, run.identified(what)) for run in runs]),
            )
        )
    if places := tables.places:
        specs.append(("places", "Share of lines that have a customer, by place and month", _places(places)))
    if coverage := tables.coverage:
        specs.append(("coverage", "Share of rows with a usable value, by source and field", _coverage(coverage)))
    if overlap := tables.overlap:
        specs.append(("overlap", "Customers by the channels they are seen in", _overlap(overlap)))
    if clusters := tables.clusters:
        specs.append(("clusters", "Customers by the number of source records that are theirs", _clusters(clusters)))
    return specs


def _time(weeks: Sequence[Week], currency: str) -> dict[str, Any]:
    values = [
        {"week": week.week.isoformat(), "of": of, "revenue": max(0.0, amount)}
        for week in weeks
        for of, amount in (
            ("has a customer", float(week.identified_revenue)),
            ("belongs to nobody", float(week.revenue) - float(week.identified_revenue)),
        )
    ]
    return {
        "data": {"values": values}, "mark": {"type": "bar"}, "width": _WIDE, "height": 200,
        "encoding": {
            # Days are drawn as they are called, wherever the machine stands.
            "x": {
                "field": "week", "type": "temporal", "scale": {"type": "utc"}, "title": None,
                "axis": {"grid": False, "labelOverlap": True},
            },
            "y": {"field": "revenue", "type": "quantitative", "title": f"{currency} per week", "stack": "zero"},
            "color": {
                "field": "of", "type": "nominal", "title": None,
                "scale": {"domain": ["has a customer", "belongs to nobody"], "range": ["var(--bar)", "var(--rest)"]},
            },
            "order": {"field": "of", "sort": "descending"},
        },
    }  # fmt: skip


def _trend(runs: Sequence[tuple[datetime | None, float]]) -> dict[str, Any]:
    values = [
        {"run": f"{at}. {as_of.date() if as_of else ''}".strip(), "share": share, "text": f"{share:.0%}"}
        for at, (as_of, share) in enumerate(runs, start=1)
    ]
    x = {
        "field": "run",
        "type": "ordinal",
        "title": None,
        "sort": None,
        "axis": {"labelAngle": -40},
    }
    y = {
        "field": "share", "type": "quantitative", "title": None, "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%", "tickCount": 3},
    }  # fmt: skip
    return {
        "data": {"values": values}, "width": min(_WIDE, 60 * len(values)), "height": 110, "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "line", "color": "var(--bar)"}},
            {"mark": {"type": "point", "filled": True, "size": 50, "color": "var(--bar)"}},
            {
                "mark": {"type": "text", "dy": -10, "color": "var(--ink)", "fontSize": 12},
                "encoding": {"text": {"field": "text"}},
            },
        ],
    }  # fmt: skip


def _places(places: Sequence[PlaceMonth]) -> dict[str, Any]:
    values = [
        {
            "place": visible(row.location),
            "month": f"{row.month:%Y-%m}",
            "band": _BANDS[bisect(_HEAT["domain"], row.identified_lines / row.lines)],
        }
        for row in places
        if row.lines
    ]
    return {
        "data": {"values": values}, "mark": "rect", "width": {"step": 22}, "height": {"step": 16},
        "encoding": {
            "x": {"field": "month", "type": "ordinal", "title": None, "axis": {"labelAngle": -90}},
            "y": {"field": "place", "type": "nominal", "title": None},
            "color": {
                "field": "band", "type": "nominal", "title": None,
                "scale": {"domain": _BANDS, "range": _HEAT["range"]},
                "legend": {"symbolType": "square", "symbolSize": 160},
            },
        },
    }  # fmt: skip


def _coverage(coverage: Sequence[Coverage]) -> dict[str, Any]:
    values = [
        {
            "source": visible(row.source), "field": visible(row.field), "share": row.valid / row.rows,
            "text": f"{row.valid / row.rows:.0%}",
        }
        for row in coverage
        if row.rows
    ]  # fmt: skip
    place = {
        "x": {"field": "source", "type": "nominal", "title": None, "axis": {"labelAngle": 0, "orient": "top"}},
        "y": {"field": "field", "type": "nominal", "title": None},
    }
    return {
        "data": {"values": values}, "width": {"step": 110}, "height": {"step": 22}, "encoding": place,
        "layer": [
            {"mark": "rect", "encoding": {"color": {
                "field": "share", "type": "quantitative", "title": "usable", "scale": _HEAT, "legend": None,
            }}},
            {"mark": {"type": "rect", "width": 44, "height": 16, "color": "var(--paper)", "cornerRadius": 3}},
            {"mark": {"type": "text", "fontSize": 12, "color": "var(--ink)"}, "encoding": {"text": {"field": "text"}}},
        ],
    }  # fmt: skip


def _overlap(overlap: Sequence[Overlap]) -> dict[str, Any]:
    names = [visible(row.channels).replace("+", " + ") or "none" for row in overlap]
    values = [{"channels": name, "customers": row.customers} for name, row in zip(names, overlap, strict=True)]
    return _bars(values, "channels", "customers", names)


def _clusters(clusters: Sequence[Size]) -> dict[str, Any]:
    names = ["16 or more" if row.records >= 16 else str(row.records) for row in clusters]
    values = [{"records": name, "customers": row.customers} for name, row in zip(names, clusters, strict=True)]
    return _bars(values, "records", "customers", names)


def _bars(values: list[dict[str, Any]], name: str, count: str, order: list[str]) -> dict[str, Any]:
    y = {"field": name, "type": "nominal", "title": None, "sort": order}
    x = {"field": count, "type": "quantitative", "title": None, "axis": {"grid": False, "tickCount": 4}}
    return {
        "data": {"values": [{**value, "text": f"{value[count]:,}"} for value in values]}, "width": _NARROW, "height": {"step": 22},
        "encoding": {"y": y, "x": x},
        "layer": [
            {"mark": {"type": "bar", "color": "var(--bar)"}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "color": "var(--ink)", "fontSize": 12},
                "encoding": {"text": {"field": "text"}},
            },
        ],
    }  # fmt: skip
