"""Rows of actions.* -> the charts of "What you can do now", as Vega-Lite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cxunify.publish.report_charts import Spec
from cxunify.publish.report_markup import visible

Row = dict[str, Any]
_WIDTH = 460
_COLOURS = {"works": "var(--good)", "harms": "var(--bad)", "not shown": "var(--soft)"}


def calibration(tenths: Sequence[Row]) -> Iterator[Spec]:
    """What was forecast for the quarter that was hidden against what came, by tenths of customers."""
    values = [
        {"tenth": str(row["tenth"]), "of": of, "days": row[name]}
        for row in tenths
        for of, name in (("forecast", "predicted"), ("came", "actual"))
    ]
    if not values:
        return
    yield (
        "calibration",
        "Purchases per customer in the quarter that was hidden: forecast and what came, by tenths, the most promising first",
        {
            "data": {"values": values}, "width": _WIDTH, "height": 200,
            "encoding": {
                "x": {"field": "tenth", "type": "nominal", "title": "tenth of customers", "sort": None, "axis": {"labelAngle": 0}},
                "xOffset": {"field": "of", "sort": ["forecast", "came"]},
                "y": {"field": "days", "type": "quantitative", "title": "days with a purchase"},
                "color": _named(["forecast", "came"], ["var(--rest)", "var(--bar)"]),
            },
            "mark": "bar",
        },
    )  # fmt: skip


def effects(lift: Sequence[Row], currency: str) -> Iterator[Spec]:
    """What each campaign changed, with its interval; a campaign whose interval holds 0 has shown nothing."""
    values = [
        {"experiment": visible(row["experiment"]), "difference": row["difference"], "low": row["low"], "high": row["high"],
         "verdict": row["verdict"]}
        for row in lift
        if row["outcome"] == "spend" and row["is_told"] and row["low"] is not None and row["verdict"] in _COLOURS
    ]  # fmt: skip
    if not values:
        return
    y = {"field": "experiment", "type": "nominal", "title": None}
    color = {**_named(list(_COLOURS), list(_COLOURS.values())), "field": "verdict"}
    title = f"{currency} per customer, contacted less held out"
    yield (
        "lift",
        "What campaigns changed: difference in spend per customer, with its 95 % interval",
        {
            "data": {"values": values}, "width": _WIDTH, "height": {"step": 30},
            "layer": [
                {"mark": {"type": "rule", "color": "var(--ink)", "strokeDash": [4, 4]}, "encoding": {"x": {"datum": 0}}},
                {
                    "mark": {"type": "rule", "strokeWidth": 3},
                    "encoding": {
                        "y": y, "x": {"field": "low", "type": "quantitative", "title": title}, "x2": {"field": "high"},
                        "color": color,
                    },
                },
                {
                    "mark": {"type": "point", "filled": True, "size": 90},
                    "encoding": {"y": y, "x": {"field": "difference", "type": "quantitative"}, "color": color},
                },
            ],
        },
    )  # fmt: skip


def detectable(checks: Sequence[Row]) -> Iterator[Spec]:
    """Of the customers who were judged, how many come often enough that a change could show at all."""
    values = [
        {"signal": f"{row['signal']}, {row['direction']}", "of": of, "customers": customers}
        for row in checks
        if row["judged"]
        for of, customers in (
            ("could show a change", row["detectable"]),
            ("come too seldom", row["judged"] - row["detectable"]),
        )
    ]
    if not values:
        return
    yield (
        "detectable",
        "Customers who were there long enough: who comes often enough that a change could be told from chance",
        {
            "data": {"values": values}, "width": _WIDTH, "height": {"step": 24}, "mark": "bar",
            "encoding": {
                "y": {"field": "signal", "type": "nominal", "title": None},
                "x": {"field": "customers", "type": "quantitative", "stack": "zero", "axis": {"tickCount": 4}},
                "color": _named(["could show a change", "come too seldom"], ["var(--bar)", "var(--rest)"]),
                "order": {"field": "of", "sort": "descending"},
            },
        },
    )  # fmt: skip


def _named(names: list[str], colours: list[str]) -> dict[str, Any]:
    """The colour of each name."""
    return {"field": "of", "type": "nominal", "title": None, "scale": {"domain": names, "range": colours}}
