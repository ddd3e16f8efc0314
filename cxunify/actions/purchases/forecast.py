"""actions.patterns -> actions.rhythms, actions.forecasts: the model of each quarter's end, and what it expects of each history."""

from __future__ import annotations

import numpy as np
import polars as pl

from cxunify.actions.likelihood import Floats
from cxunify.actions.purchases import mbg_nbd
from cxunify.actions.purchases.mbg_nbd import Rhythm

HISTORY = ("repeats", "recency_days", "age_days")
"""What a model sees of a customer."""
QUARTER = 91
"""Days that are hidden from a model, and against which it is held."""
LEAST_CUSTOMERS, LEAST_REPEATERS = 100, 10
"""Fewer teach nothing: of 100 customers of CDNOW, drawn again and again, a sixth of the fits has no end. Readiness asks more."""
MOST_PATTERNS = 50_000
"""Beyond it, days are counted as weeks while a model is fitted."""
DIGITS = 9
"""Significant, of parameters: what is forecast follows from what is written."""
STEPS = (30, 90, 180, 270, 365)
"""Days until the ends of the steps in which value is discounted. With thirteen of four weeks it differs by a 5,000th."""
LATEST = 3650
"""Days: what a model says of later ones, no data of a company has ever been held against."""


def fitted(patterns: pl.DataFrame) -> pl.DataFrame:
    """One row per quarter's end of which enough is known: its model of purchases. `patterns` are counted histories."""
    rows = []
    for (ago,), counted in patterns.group_by("quarters_ago", maintain_order=True):
        customers, repeaters = (
            int(part["customers"].sum()) for part in (counted, counted.filter(pl.col("repeats") > 0))
        )
        if customers < LEAST_CUSTOMERS or repeaters < LEAST_REPEATERS or counted["age_days"].max() < QUARTER:  # type: ignore[operator]
            continue
        coarse = _coarse(counted)
        model = mbg_nbd.fit(*_histories(coarse), coarse["customers"].to_numpy().astype(np.float64))
        rows.append({
            "quarters_ago": ago,
            **{name: float(f"{getattr(model, name):.{DIGITS}g}") for name in ("r", "alpha", "a", "b")},
            "log_likelihood": round(model.log_likelihood, 3),
            "at_bound": ",".join(sorted(model.at_bound)),
            "tells_who_left": model.tells_who_left,
            "customers": customers,
            "patterns": len(counted),
        })  # fmt: skip
    return pl.DataFrame(rows, schema=RHYTHMS)


RHYTHMS = {
    "quarters_ago": pl.Int32, "r": pl.Float64, "alpha": pl.Float64, "a": pl.Float64, "b": pl.Float64,
    "log_likelihood": pl.Float64, "at_bound": pl.String, "tells_who_left": pl.Boolean, "customers": pl.Int64,
    "patterns": pl.Int64,
}  # fmt: skip
"""The columns of actions.rhythms; alpha is in days."""


def forecast(patterns: pl.DataFrame, rhythms: pl.DataFrame, discount: float) -> pl.DataFrame:
    """One row per quarter's end and history: what is expected of such a customer. `discount` is a year's.

    Of the ends before today the quarter behind them is wanted, of the oldest nothing else.
    """
    found = []
    for row in rhythms.iter_rows(named=True):
        model = Rhythm(row["r"], row["alpha"], row["a"], row["b"], row["log_likelihood"], 0, frozenset())
        counted = patterns.filter(pl.col("quarters_ago") == row["quarters_ago"])
        history = _histories(counted)
        columns: dict[str, Floats] = {}
        if row["quarters_ago"] > 0:
            columns["purchases_91d"] = mbg_nbd.expected(model, *history, QUARTER)
            columns["p_purchase_91d"] = mbg_nbd.p_purchase(model, *history, QUARTER)
        if row["quarters_ago"] < 2:
            columns |= _outlook(model, history, discount)
        found.append(
            counted.select("quarters_ago", *HISTORY).with_columns(
                **{name: pl.Series(values).fill_nan(None) for name, values in columns.items()}
            )
        )
    nothing = {"quarters_ago": pl.Int32, **dict.fromkeys(HISTORY, pl.Int32), **dict.fromkeys(FORECASTS, pl.Float64)}
    return pl.concat([pl.DataFrame(schema=nothing), *found], how="diagonal_relaxed")


FORECASTS = (
    "purchases_91d", "p_purchase_91d", "p_alive", "p_purchase_30d", "p_purchase_90d", "purchases_30d", "purchases_90d",
    "purchases_365d", "discounted_90d", "discounted_365d", "days_to_tenth", "days_to_half", "days_to_nine_tenths",
    "days_to_return",
)  # fmt: skip
"""The columns of actions.forecasts, beside the history."""


def _outlook(model: Rhythm, history: tuple[Floats, Floats, Floats], discount: float) -> dict[str, Floats]:
    """What is expected from now on. Days are null where fewer than so many ever buy, or not within ten years."""
    x, t_x, age = history
    until = {days: mbg_nbd.expected(model, x, t_x, age, days) for days in STEPS}
    worth = np.zeros((2, len(x)))
    start, before = 0, np.zeros(len(x))
    for days in STEPS:
        # What is bought in a step is bought in the middle of it.
        bought = (until[days] - before) * (1 + discount) ** (-(start + days) / 2 / 365)
        worth[0] += bought if days <= 90 else 0
        worth[1] += bought
        start, before = days, until[days]
    return {
        "p_alive": mbg_nbd.p_alive(model, x, t_x, age),
        **{f"p_purchase_{days}d": mbg_nbd.p_purchase(model, x, t_x, age, days) for days in (30, 90)},
        **{f"purchases_{days}d": until[days] for days in (30, 90, 365)},
        "discounted_90d": worth[0],
        "discounted_365d": worth[1],
        "days_to_tenth": _soon(mbg_nbd.next_purchase(model, x, t_x, age, 0.1)),
        "days_to_half": _soon(mbg_nbd.next_purchase(model, x, t_x, age, 0.5)),
        "days_to_nine_tenths": _soon(mbg_nbd.next_purchase(model, x, t_x, age, 0.9)),
        "days_to_return": _soon(mbg_nbd.next_return(model, x, t_x, 0.9)),
    }


def _soon(days: Floats) -> Floats:
    found: Floats = np.where(days <= LATEST, days, np.nan)
    return found


def _coarse(counted: pl.DataFrame) -> pl.DataFrame:
    """The same histories in weeks, where there are too many in days; a time stays the sum of whole days."""
    if len(counted) <= MOST_PATTERNS:
        return counted
    weeks = [((pl.col(name) + 3) // 7 * 7).alias(name) for name in HISTORY[1:]]
    return counted.with_columns(weeks).group_by(HISTORY).agg(pl.col("customers").sum()).sort(HISTORY)


def _histories(frame: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    x, t_x, age = (frame[name].to_numpy().astype(np.float64) for name in HISTORY)
    return x, t_x, age
