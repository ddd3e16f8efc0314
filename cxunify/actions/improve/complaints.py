"""profile.cases, .purchase_days -> actions.complaint_effects: what a bad experience costs, by how fast it was resolved.

Complainers are held against customers who had bought as long ago, as often in the eight weeks before, in the same four weeks.
Nobody complains by lot, so that what is found is an association; how alike the two were in the eight weeks before those that they
were matched by says how far it can be trusted.
"""

from __future__ import annotations

import math
from decimal import Decimal

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.lift.intervals import Z
from cxunify.actions.stages import of_layer, private
from cxunify.schema.improvement import COMPLAINT_EFFECTS
from cxunify.schema.table import Table
from cxunify.schema.words import counted
from cxunify.warehouse import Loop, Step
from cxunify.warehouse.frames import types

CAPABILITY = "complaint_effects"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of complaints.", ("capability",))
LEAST_COMPLAINTS = 30
"""Complaints that were matched, or nothing is said of a speed of resolution."""
SPEEDS = ("all", "fast", "slow", "not")
_COUNTED = Table(
    "actions.complained", "One row per pattern of purchases around complaints, and around days without one."
)
_STRATUM = ["period", "weeks_since", "before"]
_FAR_Z = 2.575829
"""Standard errors of an interval of 99 %: of four speeds that are alike, one in 25 is said to differ."""


def steps() -> tuple[Step, ...]:
    """The steps."""
    spend = "select cast(sum(spend) / count(spend) as double) as spend from profile.purchase_days where day > $today::date - 730"
    return (
        private(_COUNTED),
        Loop(
            of_layer(COMPLAINT_EFFECTS),
            judged,
            {"patterns": f"select * from {_COUNTED.name} order by all", "spend": spend},
        ),
        Loop(
            FOUND,
            found,
            {
                "effects": f"select * from actions.{COMPLAINT_EFFECTS.name}",
                "told": f"select sum(n) as complaints from {_COUNTED.name} where resolved is not null",
            },
        ),
    )


def judged(patterns: pl.DataFrame, spend: pl.DataFrame) -> pl.DataFrame:
    """One row per speed of resolution of which enough is known, and one over all."""
    n = pl.col("n")
    usual = (
        patterns.filter(pl.col("resolved").is_null())
        .group_by(_STRATUM)
        .agg(
            n.sum().alias("others"),
            *((pl.col(of) * n).sum().alias(f"{of}_sum") for of in ("after", "earlier")),
            *((pl.col(of) ** 2 * n).sum().alias(f"{of}_squares") for of in ("after", "earlier")),
        )
        .filter(pl.col("others") > 1)
    )
    own = patterns.filter(pl.col("resolved").is_not_null()).join(usual, on=_STRATUM, how="left")
    rows = []
    for speed in SPEEDS:
        of = own if speed == "all" else own.filter(resolved=speed)
        matched = of.filter(pl.col("others").is_not_null())
        complaints = int(matched["n"].sum())
        after, earlier = _against(matched, "after", Z), _against(matched, "earlier", _FAR_Z)
        if complaints < LEAST_COMPLAINTS or after is None:
            continue
        expected, difference, low, high = after
        before = earlier[1:] if earlier else (None, None, None)
        each = spend["spend"].item()
        lost = [
            None if each is None else Decimal(f"{-share * expected * each:.2f}") for share in (difference, high, low)
        ]
        rows.append(
            {
                "resolved": speed,
                "complaints": int(of["n"].sum()), "matched": complaints,
                "others": int(matched.unique(_STRATUM)["others"].sum()),
                "before": _mean(matched, "before"), "after": _mean(matched, "after"), "usual_after": expected / complaints,
                "difference": difference, "low": low, "high": high,
                "lost_spend": lost[0], "lost_spend_low": lost[1], "lost_spend_high": lost[2],
                "earlier_difference": before[0], "earlier_low": before[1], "earlier_high": before[2],
                "basis": "association",
                "verdict": _verdict(low, high, *before[1:]),
            }
        )  # fmt: skip
    return pl.DataFrame(rows, schema=types(COMPLAINT_EFFECTS), strict=False)


def _mean(of: pl.DataFrame, what: str) -> float:
    return int((of[what] * of["n"]).sum()) / int(of["n"].sum())


def _against(matched: pl.DataFrame, what: str, z: float) -> tuple[float, float, float, float] | None:
    """What was expected, and how much more or less came: a share of it, with its interval. None: nothing was expected."""
    usual = (pl.col(f"{what}_sum") / pl.col("others")).alias("usual")
    spread = (
        (pl.col(f"{what}_squares") - pl.col(f"{what}_sum") ** 2 / pl.col("others")) / (pl.col("others") - 1)
    ).alias("spread")
    rows = matched.with_columns(usual, spread).sort("resolved", *_STRATUM, "after", "earlier").to_dicts()
    expected = math.fsum(row["n"] * row["usual"] for row in rows)
    if expected <= 0:
        return None
    ratio = math.fsum(row["n"] * row[what] for row in rows) / expected
    own = math.fsum(row["n"] * (row[what] - ratio * row["usual"]) ** 2 for row in rows)
    strata: dict[tuple[int, ...], list[float]] = {}
    for row in rows:
        stratum = strata.setdefault(tuple(row[name] for name in _STRATUM), [0, row["spread"] / row["others"]])
        stratum[0] += row["n"]
    others = math.fsum(complaints**2 * variance for complaints, variance in strata.values())
    half = z * math.sqrt(own + ratio**2 * others) / expected
    return expected, ratio - 1, max(ratio - 1 - half, -1.0), ratio - 1 + half


def _verdict(low: float, high: float, earlier_low: float | None, earlier_high: float | None) -> str:
    """What the interval says; what differed before the complaint already was not its doing."""
    if earlier_low is not None and earlier_high is not None and (earlier_low > 0 or earlier_high < 0):
        return "differed before"
    return "fewer" if high < 0 else "more" if low > 0 else "not shown"


def found(effects: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: how much less complainers buy, by the speed of resolution, and whether they were alike before."""
    if effects.is_empty():
        some = counted(int(told["complaints"].item() or 0), "first complaint")
        reason = (
            f"{some} came within four weeks of a purchase and eight weeks ago or earlier; {LEAST_COMPLAINTS} are needed"
        )
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    rows = {row["resolved"]: row for row in effects.to_dicts()}
    names = {"all": "after a complaint", "fast": "resolved in 72 hours", "slow": "later", "not": "not in eight weeks"}
    said = "; ".join(
        f"{names[speed]} {row['difference']:+.0%} ({row['low']:+.0%} to {row['high']:+.0%})"
        for speed, row in rows.items()
    )
    said = f"purchases of eight weeks against customers like them: {said}; an association"
    whole = int(effects["matched"].max())  # type: ignore[arg-type]
    alike = effects.filter(verdict="differed before").is_empty()
    if alike:
        return findings(Finding(CAPABILITY, whole, said))
    reason = f"of {counted(whole, 'complaint')} some are of customers who bought otherwise before"
    return findings(Finding(CAPABILITY, whole, said, status="weak", reason=reason))
