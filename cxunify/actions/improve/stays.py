"""profile.moments, .retention -> actions.retention_curve: how long customers stay, and how long those who are there will.

Where there are contracts, it is known who has left: the observed curve (Kaplan and Meier 1958), and beyond it what the shifted
beta-geometric model expects, after it was asked to forecast what has happened since. Where there are none, nobody knows who has
left: then the curve is how many of a cohort buy in each month that follows, and nothing is projected.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.improve import sbg
from cxunify.actions.lift.intervals import Z, wilson
from cxunify.actions.stages import of_layer, private
from cxunify.config import Config
from cxunify.schema.improvement import RETENTION_CURVE
from cxunify.schema.table import Table
from cxunify.schema.words import counted, percent, span
from cxunify.warehouse import Loop, Step
from cxunify.warehouse.frames import types

CAPABILITY = "retention_curve"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of how long customers stay.", ("capability",))
LEAST_CUSTOMERS = 200
"""Of a cohort, or it has no curve of its own."""
_LEAST_AT_RISK = 30
"""Customers whose period is over, or the observed curve ends."""
_LEAST_LEFT = 30
"""Contracts that ended, or nothing is projected."""
_AHEAD = 24
"""Months beyond what was observed for which is projected."""
_YEARLY = 0.5
"""Of the contracts that ended, the share that did so on their day in the year for them to be yearly."""
_COUNTED = Table(
    "actions.stays", "One row per cohort of contracts, months since they began and months that they lasted."
)
_BOUGHT = (
    "select year(cohort_date)::integer as cohort, months_since, sum(customers)::bigint as customers, sum(buyers)::bigint as buyers"
    " from profile.retention where (select is_open from actions.gate where capability = 'retention_curve')"
    " and (select is_open from actions.gate where capability = 'retention') and months_since > 0"
    " group by all order by all"
)


def steps(config: Config) -> tuple[Step, ...]:
    """The steps."""
    return (
        private(_COUNTED),
        Loop(
            of_layer(RETENTION_CURVE),
            curves,
            {"stays": f"select * from {_COUNTED.name} order by all", "bought": _BOUGHT},
            {"discount": config.actions.discount},
        ),
        Loop(
            FOUND,
            found,
            {
                "curve": f"select * from actions.{RETENTION_CURVE.name}",
                "stays": f"select * from {_COUNTED.name} order by all",
            },
        ),
    )


def curves(stays: pl.DataFrame, bought: pl.DataFrame, discount: float) -> pl.DataFrame:
    """One row per cohort with enough customers, and over all, and period since its beginning."""
    rows: list[dict[str, Any]] = []
    if not stays.is_empty():
        period = _period(stays)
        for cohort, of in _cohorts(stays, pl.col("n").sum()):
            rows += _contracts(cohort, _in_periods(of, period), period, discount)
    for cohort, of in _cohorts(bought, pl.col("customers").filter(months_since=1).sum()):
        rows += _purchases(cohort, of)
    return pl.DataFrame(rows, schema=types(RETENTION_CURVE))


def _cohorts(of: pl.DataFrame, size: pl.Expr) -> list[tuple[str, pl.DataFrame]]:
    """All together, and each year with enough customers."""
    years = [(str(cohort), year) for (cohort,), year in of.group_by("cohort", maintain_order=True)]
    return [
        (name, some) for name, some in [("all", of), *years] if int(some.select(size).item() or 0) >= LEAST_CUSTOMERS
    ]


def _period(stays: pl.DataFrame) -> int:
    """Months from one day on which one can leave to the next: twelve where most leave on their day in the year."""
    ended = stays.filter(pl.col("stayed").is_not_null())
    yearly = int(ended.filter(pl.col("is_anniversary"))["n"].sum())
    return 12 if yearly > _YEARLY * int(ended["n"].sum() or 0) and yearly else 1


def _in_periods(stays: pl.DataFrame, period: int) -> pl.DataFrame:
    """Patterns of whole periods: since the beginning, and until the end."""
    ended = (pl.col("stayed") / period).round().clip(1) if period > 1 else pl.col("stayed")
    return (
        stays.select(since=pl.col("months") // period, stayed=ended.cast(pl.Int64), n="n")
        .with_columns(has_left=pl.col("stayed").is_not_null() & (pl.col("stayed") <= pl.col("since")))
        .with_columns(periods=pl.when("has_left").then("stayed").otherwise("since"))
        .group_by("since", "periods", "has_left")
        .agg(pl.col("n").sum())
        .sort("since", "periods", "has_left")
    )


def _fit(patterns: pl.DataFrame) -> sbg.Stays | None:
    """The model of these patterns. None: too few have left to tell."""
    if int(patterns.filter("has_left")["n"].sum()) < _LEAST_LEFT:
        return None
    return sbg.fit(*(patterns[name].to_numpy() for name in ("periods", "has_left", "n")))


def _contracts(cohort: str, patterns: pl.DataFrame, period: int, discount: float) -> list[dict[str, Any]]:
    """The observed curve by Kaplan and Meier, with Greenwood's interval, and the projected one."""
    rows: list[dict[str, Any]] = []
    share, error, at = 1.0, 0.0, 1
    while True:
        there = int(patterns.filter(pl.col("periods") >= at)["n"].sum())
        if there < _LEAST_AT_RISK:
            break
        left = int(patterns.filter(pl.col("has_left") & (pl.col("periods") == at))["n"].sum())
        share *= 1 - left / there
        error += left / (there * (there - left)) if left < there else 0.0
        half = math.exp(Z * math.sqrt(error))
        rows.append(
            {"kind": "contracts", "cohort": cohort, "months_since": at * period, "customers": there, "share": share,
             "low": share / half, "high": min(share * half, 1.0), "basis": "observed"}
        )  # fmt: skip
        at += 1
    model = _fit(patterns)
    if model is None:
        return rows
    ahead = [
        {"kind": "contracts", "cohort": cohort, "months_since": periods * period, "basis": "projected"}
        for periods in range(at, at + _AHEAD // period)
    ]
    rows += ahead
    periods = np.array([row["months_since"] // period for row in rows], dtype=float)
    low, high = sbg.interval(model, periods, Z)
    each = (1 + discount) ** (period / 12) - 1
    for row, *said in zip(
        rows, sbg.stayed(model, periods), low, high, sbg.residual(model, periods, each) * period, strict=True
    ):
        row |= dict(
            zip(
                ("projected_share", "projected_low", "projected_high", "residual_months"), map(float, said), strict=True
            )
        )
    return rows


def _purchases(cohort: str, bought: pl.DataFrame) -> list[dict[str, Any]]:
    """How many buy in each month that follows, of all cohorts for which it is over."""
    rows = []
    months = bought.group_by("months_since").agg(pl.col("customers", "buyers").sum()).sort("months_since")
    for month in months.to_dicts():
        if month["customers"] < LEAST_CUSTOMERS:
            break
        share = month["buyers"] / month["customers"]
        low, high = wilson(share, month["customers"], Z)
        rows.append(
            {"kind": "purchases", "cohort": cohort, "months_since": month["months_since"], "customers": month["customers"],
             "share": share, "low": low, "high": high, "basis": "observed"}
        )  # fmt: skip
    return rows


def backtest(stays: pl.DataFrame) -> tuple[int, float, float, int] | None:
    """What the model, and a constant chance to leave, would have said of those who were there; how many of them are there now.

    Customers who were there a year (of yearly contracts) or half a year ago; None: too little was known then.
    """
    period = _period(stays)
    ago = 1 if period > 1 else 6
    now = _in_periods(stays, period)
    then = (
        now.filter(pl.col("since") > ago)
        .with_columns(since=pl.col("since") - ago)
        .with_columns(left_then=pl.col("has_left") & (pl.col("periods") <= pl.col("since")))
        .with_columns(periods_then=pl.when("left_then").then("periods").otherwise("since"))
    )
    known = then.select("since", "n", periods="periods_then", has_left="left_then")
    model, there = _fit(known), then.filter(~pl.col("left_then"))
    if model is None or there.is_empty():
        return None
    n, since = there["n"].to_numpy(), there["since"].to_numpy().astype(float)
    expected = float(np.sum(n * sbg.stayed(model, since + ago) / sbg.stayed(model, since)))
    chance = int(known.filter("has_left")["n"].sum()) / int((known["n"] * known["periods"]).sum())
    whole, kept = int(n.sum()), int(there.filter(~pl.col("has_left"))["n"].sum())
    return whole, expected, whole * (1 - chance) ** ago, kept


def found(curve: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: how many are there after a year, how long they stay yet, and how right that would have been."""
    if curve.is_empty():
        reason = f"fewer than {LEAST_CUSTOMERS} customers have a contract; of purchases, see the capability retention"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    whole = curve.filter(cohort="all")
    contracts, bought = (whole.filter(kind=kind) for kind in ("contracts", "purchases"))
    said: list[str] = []
    status, reason = "ready", ""
    for row in contracts.filter(months_since=12).to_dicts():
        told = (
            f"after a year {_share(row)} of contracts last"
            if row["share"] is not None
            else "contracts are younger than a year"
        )
        if row["residual_months"] is not None:
            told += (
                f", and whoever is there then stays {counted(round(row['residual_months']), 'month')} yet, discounted"
            )
        said.append(told)
    tried = backtest(stays) if contracts.height else None
    if tried:
        there, expected, constant, kept = tried
        said.append(
            f"of {counted(there, 'customer')} the model would have said that {expected:,.0f} stay, a constant chance"
            f" {constant:,.0f}, and {kept:,} did"
        )
        low, high = (there * end for end in wilson(kept / there, there, Z))
        if not low <= expected <= high and abs(expected - kept) > abs(constant - kept):
            status, reason = "weak", "a constant chance to leave would have forecast better"
    elif contracts["projected_share"].count():
        status, reason = "weak", "not checked yet: too few had left when it would have been forecast"
    said += [
        f"of customers {_share(row)} buy in the twelfth month" for row in bought.filter(months_since=12).to_dicts()
    ]
    most = int(whole["customers"].max() or 0)  # type: ignore[arg-type]
    return findings(
        Finding(CAPABILITY, most, "; ".join(said) or "less than a year is known", status=status, reason=reason or None)
    )


def _share(row: dict[str, Any]) -> str:
    return f"{percent(row['share'], 0)} ({span(row['low'], row['high'])})"
