"""temp.outlooks, actions.prediction_checks, .spends -> actions.found_purchases: what came of forecasts, in words."""

from __future__ import annotations

from typing import Any

import polars as pl

from cxunify.actions import capabilities
from cxunify.actions.capabilities import Finding
from cxunify.actions.purchases.check import LAST, MODEL, NOBODY, OURS, TABLE
from cxunify.actions.purchases.forecast import LEAST_CUSTOMERS, LEAST_REPEATERS, QUARTER
from cxunify.actions.purchases.spend import MOST_CORRELATED

RULES = {
    LAST: "the last quarter repeated",
    "own_rate": "each customer's own rate",
    TABLE: "a table of recency and frequency",
}
"""The simple rules, in words; the model without the last quarter is none."""
TOO_LITTLE = (
    f"what is known of purchases is too little for a model: it takes {LEAST_CUSTOMERS} customers, {LEAST_REPEATERS} of them"
    f" with a second purchase, over {QUARTER} days"
)
UNCHECKED = "unchecked: no quarter can be hidden, since that takes three quarters of history"


def found(counts: pl.DataFrame, checks: pl.DataFrame, spends: pl.DataFrame) -> pl.DataFrame:
    """What came of each capability: `counts` is one row, `spends` the model of today, if there is one."""
    (counted,) = counts.to_dicts()
    return capabilities.findings(
        _anticipated(counted, checks),
        _valued(counted, checks, spends.to_dicts()),
        Finding("segmentation", counted["segmented"], check=_without(counted))
        if counted["segmented"]
        else Finding("segmentation", 0, status="nothing", reason="there is no customer"),
    )


def _anticipated(counted: dict[str, Any], checks: pl.DataFrame) -> Finding:
    """What came of purchases to come."""
    name = "purchase_anticipation"
    if not counted["predicted"]:
        return Finding(name, 0, status="refused", reason=TOO_LITTLE)
    return _held(name, counted["predicted"], checks.filter(pl.col("quantity") == "purchases"), "purchases")


def _valued(counted: dict[str, Any], checks: pl.DataFrame, spends: list[dict[str, Any]]) -> Finding:
    """What came of value: it rests on purchases to come, and on a model of spend that fits."""
    name = "lifetime_value"
    if counted["valued"]:
        return _held(name, counted["valued"], checks.filter(pl.col("quantity") == "spend"), "of spend")
    if not counted["predicted"]:
        reason = "value rests on purchases to come, and these are refused"
    elif not spends:
        reason = f"fewer than {LEAST_CUSTOMERS} customers have paid for a second purchase"
    elif spends[0]["at_bound"]:
        reason = "the model of spend fits nothing: its likelihood has no highest point"
    else:
        reason = (
            f"how often and how much customers buy are correlated by {spends[0]['correlation']:.2f}, and the model of spend takes"
            f" them for independent (at most {MOST_CORRELATED})"
        )
    return Finding(name, 0, status="refused", reason=reason)


def _held(name: str, customers: int, checks: pl.DataFrame, what: str) -> Finding:
    """A forecast against the best of the simple rules."""
    errors = {row["predictor"]: row for row in checks.to_dicts()}
    if not errors:
        return Finding(name, customers, status="weak", reason=UNCHECKED)
    error = {rule: row["mean_absolute_error"] for rule, row in errors.items()}
    best = min(RULES, key=lambda rule: error[rule])
    digits = 3 if what == "purchases" else 2
    said = f"mean error {error[OURS]:.{digits}f} {what} against {error[best]:.{digits}f} of {RULES[best]}"
    if error[NOBODY] < error[OURS]:  # where most buy nothing, that is a small error
        said += f" ({error[NOBODY]:.{digits}f} where nothing is expected of anybody, which tells nobody from another)"
    ours = errors[OURS]
    said += f"; in all {ours['total_predicted']:,.0f} were forecast, and {ours['total_actual']:,.0f} came"
    verdict = str(ours["verdict"])
    is_beaten = verdict.startswith("beaten_by") and not verdict.endswith(f" {MODEL}")
    return Finding(
        name,
        customers,
        said,
        errors[OURS]["from_date"],
        "weak" if is_beaten else "ready",
        f"a simple rule does better on the quarter that was hidden: {RULES[best]}" if is_beaten else None,
    )


def _without(counted: dict[str, Any]) -> str | None:
    """What segments are made without, where something is refused."""
    if not counted["predicted"]:
        return "by recency alone: forecasts are refused"
    return None if counted["valued"] else "by rhythm alone: value is refused"
