"""profile.* -> actions.predictions, .prediction_checks, .models, .segments, .segment_moves: every step.

A model is fitted whenever the histories have changed, and then only: that takes a second or two for half a million customers, so
that none is kept for longer.
"""

from __future__ import annotations

from cxunify.actions.purchases import check, findings, forecast, spend
from cxunify.actions.stages import of_layer, private, published, text, value_tier
from cxunify.config import Config
from cxunify.schema.predictions import (
    MODELS,
    PREDICTION_CHECKS,
    PREDICTION_TENTHS,
    PREDICTIONS,
    SEGMENT_MOVES,
    SEGMENTS,
)
from cxunify.schema.table import Table
from cxunify.warehouse import Loop, Stage, Step

FOUND = Table(
    "actions.found_purchases", "One row per capability that looks at purchases: what came of it.", ("capability",)
)
_PATTERNS = "select * from actions.patterns order by quarters_ago, repeats, recency_days, age_days"
_QUARTER = ("quarters_ago",)


def steps(config: Config) -> tuple[Step, ...]:
    """The steps."""
    checked = {
        "known": text("checked"),
        "shares": "select quarters_ago, quantity, share from actions.blends",
        "today": "select $today::date as day",
    }
    return (
        # What models see, and what they make of it
        private(Table("temp.histories", "One row per quarter's end and customer who had bought until then.")),
        private(Table("actions.patterns", "One row per quarter's end and history: how many customers have it.")),
        Loop(
            Table("actions.rhythms", "One row per quarter's end: the model of purchases.", _QUARTER),
            forecast.fitted,
            {"patterns": _PATTERNS},
        ),
        Loop(
            Table("actions.forecasts", "One row per quarter's end and history: what is expected of it."),
            forecast.forecast,
            {"patterns": _PATTERNS, "rhythms": "select * from actions.rhythms order by quarters_ago"},
            {"discount": config.actions.discount},
        ),
        Loop(
            Table("actions.spends", "One row per quarter's end: the model of spend per purchase.", _QUARTER),
            spend.fitted,
            {"paid": text("paid")},
        ),
        # What is expected of whom, and what came of what was expected a quarter ago
        private(Table("temp.expectations", "One row per quarter's end and customer: what the models alone expect.")),
        private(
            Table(
                "actions.blends",
                "One row per quarter's end and quantity: how far the model is believed.",
                (*_QUARTER, "quantity"),
            )
        ),
        Stage(
            Table("temp.outlooks", "One row per customer who had bought, today and a quarter ago: what is expected."),
            text("outlooks").replace("$value_tier", value_tier("value_rank", "customers")),
        ),
        _told(PREDICTIONS),
        Loop(of_layer(PREDICTION_CHECKS), check.checked, checked),
        Stage(PREDICTION_TENTHS, PREDICTION_TENTHS.select(f"(\n{text('prediction_tenths')}\n) as told")),
        _told(MODELS),
        # Who is in which segment
        private(Table("temp.segmented", "One row per customer, today and a quarter ago: its segment.")),
        _told(SEGMENTS),
        _told(SEGMENT_MOVES),
        Loop(
            FOUND,
            findings.found,
            {
                "counts": text("counts"),
                "checks": "select * from actions.prediction_checks",
                "spends": "select * from actions.spends where quarters_ago = 0",
            },
        ),
    )


def _told(table: Table) -> Stage:
    return published(table, f"(\n{text(table.name)}\n)")
