"""Rows of actions.* -> the charts of what to do better, as Vega-Lite: what changed sales, who stays, who sees it otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cxunify.publish.report_charts import Spec
from cxunify.publish.report_markup import visible

Row = dict[str, Any]
_WIDTH = 460
_PARTS = {
    "by_customers": "customers", "by_frequency": "how often", "by_basket": "how much", "by_unknown": "of nobody",
}  # fmt: skip


def waterfall(drivers: Sequence[Row]) -> Iterator[Spec]:
    """From sales of a year before to those of today, part by part; of the company as a whole, which comes first."""
    if not drivers or not drivers[0]["before"]:
        return
    row, at = drivers[0], float(drivers[0]["before"])
    values = [{"step": "year before", "start": 0.0, "end": at, "of": "sales"}]
    for name, said in _PARTS.items():
        by = float(row[name])
        values.append({"step": said, "start": at, "end": at + by, "of": "more" if by >= 0 else "less"})
        at += by
    values.append({"step": "today", "start": 0.0, "end": at, "of": "sales"})
    yield (
        "waterfall",
        "What changed sales: from the months of the year before to the last months, part by part",
        {
            "data": {"values": values}, "width": _WIDTH, "height": 220, "mark": "bar",
            "encoding": {
                "x": {"field": "step", "type": "nominal", "title": None, "sort": None, "axis": {"labelAngle": 0}},
                "y": {"field": "start", "type": "quantitative", "title": "net sales", "axis": {"tickCount": 5}},
                "y2": {"field": "end"},
                "color": _named(["sales", "more", "less"], ["var(--rest)", "var(--good)", "var(--bad)"]),
            },
        },
    )  # fmt: skip


def staying(curve: Sequence[Row]) -> Iterator[Spec]:
    """The observed curve of contracts with its interval, and the projected one."""
    values = [
        {"months": row["months_since"], "of": of, "share": row[share], "low": row[low], "high": row[high]}
        for row in curve
        if row["kind"] == "contracts"
        for of, share, low, high in (
            ("observed", "share", "low", "high"),
            ("projected", "projected_share", "projected_low", "projected_high"),
        )
        if row[share] is not None
    ]
    if not values:
        return
    x = {"field": "months", "type": "quantitative", "title": "months since the contract began"}
    color = _named(["observed", "projected"], ["var(--bar)", "var(--rest)"])
    yield (
        "staying",
        "Contracts that last: observed with its 95 % interval, and what the model expects",
        {
            "data": {"values": values}, "width": _WIDTH, "height": 200,
            "layer": [
                {
                    "mark": {"type": "rule"},
                    "encoding": {
                        "x": x, "color": color, "y2": {"field": "high"},
                        "y": {"field": "low", "type": "quantitative", "title": "share", "axis": {"format": "%"}},
                    },
                },
                {
                    "mark": {"type": "point", "filled": True},
                    "encoding": {"x": x, "y": {"field": "share", "type": "quantitative"}, "color": color},
                },
            ],
        },
    )  # fmt: skip


def agreement(calibration: Sequence[Row]) -> Iterator[Spec]:
    """Each unit by what observers and what customers say of it; those outside the limits stand out."""
    values = [
        {"unit": visible(row["unit"]), "observers": row["shop_score"], "customers": row["customer_score"],
         "of": "outside the limits" if row["flag"] else "as usual"}
        for row in calibration
    ]  # fmt: skip
    if not values:
        return
    yield (
        "agreement",
        "Agents and places by the scores of observers and of customers, 0 to 1",
        {
            "data": {"values": values}, "width": _WIDTH, "height": 260, "mark": {"type": "point", "filled": True, "size": 60},
            "encoding": {
                "x": {"field": "observers", "type": "quantitative", "scale": {"zero": False}, "axis": {"tickCount": 6}},
                "y": {"field": "customers", "type": "quantitative", "scale": {"zero": False}, "axis": {"tickCount": 6}},
                "color": _named(["as usual", "outside the limits"], ["var(--rest)", "var(--bad)"]),
            },
        },
    )  # fmt: skip


_LEAST_POINTS = 5
"""Agents or places, or the table says it better."""


def funnels(coaching: Sequence[Row]) -> Iterator[Spec]:
    """Agents, and places, by how often something fails and how much was counted: the fewer, the wider is what chance explains."""
    each: dict[tuple[str, str], list[Row]] = {}
    for row in coaching:
        each.setdefault((row["unit_kind"], row["item"]), []).append(row)
    for place, ((kind, item), rows) in enumerate(each.items()):
        if len(rows) < _LEAST_POINTS:
            continue
        values = [
            {"unit": visible(row["unit"]), "counted": row["counted"], "share": row["share"], "limit": row["limit_share"],
             "usual": row["usual_share"], "of": row["flag"] or "as usual"}
            for row in rows
        ]  # fmt: skip
        x = {
            "field": "counted",
            "type": "quantitative",
            "title": "counted in a year",
            "scale": {"zero": False},
            "axis": {"tickCount": 5},
        }
        lines = [
            {
                "mark": {"type": "line", "color": "var(--soft)", **({"strokeDash": [5, 4]} if name == "limit" else {})},
                "encoding": {"x": x, "y": {"field": name, "type": "quantitative"}},
            }
            for name in ("limit", "usual")
        ]
        yield (
            f"funnel-{place}",
            f"{'Agents' if kind == 'agent' else 'Places'}: share of “{item}”; the line is usual, above the dashes it is no chance",
            {
                "data": {"values": values}, "width": _WIDTH, "height": 220,
                "layer": [
                    *lines,
                    {
                        "mark": {"type": "point", "filled": True, "size": 55},
                        "encoding": {
                            "x": x,
                            "y": {
                                "field": "share", "type": "quantitative", "title": "share",
                                "axis": {"format": "%", "tickCount": 5},
                            },
                            "color": _named(["as usual", "worse", "better"], ["var(--rest)", "var(--bad)", "var(--good)"]),
                        },
                    },
                    {
                        "transform": [{"filter": "datum.of != 'as usual'"}],
                        "mark": {"type": "text", "align": "right", "dx": -8, "color": "var(--ink)", "fontSize": 12},
                        "encoding": {"x": x, "y": {"field": "share", "type": "quantitative"}, "text": {"field": "unit"}},
                    },
                ],
            },
        )  # fmt: skip


def _named(names: list[str], colours: list[str]) -> dict[str, Any]:
    """The colour of each name."""
    return {"field": "of", "type": "nominal", "title": None, "scale": {"domain": names, "range": colours}}
