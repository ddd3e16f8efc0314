"""profile.days -> actions.channel_effects: how many purchases would not have come without a channel, were paths all there is.

Paths are a chain in which the next step depends on the last alone; a channel is removed by letting its steps lead to nothing, and
the chain is solved, not simulated (Anderl et al. 2016). Who walks which path is not drawn by lot: this is an association.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.stages import of_layer, private
from cxunify.config import Config
from cxunify.schema.effects import CHANNEL_EFFECTS
from cxunify.schema.table import Table
from cxunify.schema.words import counted, percent, span
from cxunify.warehouse import Loop, Step
from cxunify.warehouse.frames import types

CAPABILITY = "channel_effects"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of channels' effects.", ("capability",))
LEAST_PATHS = 100
"""That end in a purchase, or nothing is said."""
PARTS = 10
"""Of customers, each left out once: how far the result hangs on a few of them."""
_PASSED = Table("actions.passed", "One row per part of customers and step of a path: how often.")
_SENT = (
    "select channel, count(*) as contacts from profile.moments where kind = 'contact_out' and has_date and occurred_at <= $as_of"
    " and occurred_date > $today::date - 365 group by channel order by channel"
)
_START, _PURCHASE, _NOTHING = "(start)", "(purchase)", "(nothing)"
_T = 2.262157
"""Student's t of nine degrees of freedom, 95 %."""
_DIGITS = 10
"""Behind the point: what lies behind these depends on the machine and its threads."""
Counts = dict[tuple[str, str], int]


def steps(config: Config) -> tuple[Step, ...]:
    """The steps."""
    return (
        private(_PASSED),
        Loop(
            of_layer(CHANNEL_EFFECTS),
            judged,
            {"passed": f"select * from {_PASSED.name} order by all", "sent": _SENT},
            {"costs": config.actions.contact_costs},
        ),
        Loop(FOUND, found, {"effects": f"select * from actions.{CHANNEL_EFFECTS.name}"}),
    )


def removal(counts: Counts) -> tuple[float, dict[str, float]]:
    """How likely a path ends in a purchase, and by channel which share of purchases would not come without it."""
    channels = sorted({state for step in counts for state in step if not state.startswith("(")})
    base = _bought(counts, channels)
    return base, {
        channel: round(1 - _bought(counts, channels, channel) / base, _DIGITS) if base else 0.0 for channel in channels
    }


def _bought(counts: Counts, channels: list[str], without: str | None = None) -> float:
    """How likely a path that starts ends in a purchase, where steps to the channel `without` lead to nothing."""
    states = [_START, *channels]
    place = {state: number for number, state in enumerate(states)}
    chance, bought = np.zeros((len(states), len(states))), np.zeros(len(states))
    total = dict.fromkeys(states, 0)
    for (state, _), n in counts.items():
        total[state] += n
    for (state, follows), n in counts.items():
        if without in {state, follows}:
            continue
        if follows == _PURCHASE:
            bought[place[state]] += n / total[state]
        elif follows != _NOTHING:
            chance[place[state], place[follows]] += n / total[state]
    return round(float(np.linalg.solve(np.eye(len(states)) - chance, bought)[0]), _DIGITS)


def judged(passed: pl.DataFrame, sent: pl.DataFrame, costs: dict[str, float]) -> pl.DataFrame:
    """One row per channel on a path."""
    whole = _counts(passed)
    purchases = sum(n for (_, follows), n in whole.items() if follows == _PURCHASE)
    if purchases < LEAST_PATHS:
        return pl.DataFrame(schema=types(CHANNEL_EFFECTS))
    base, effects = removal(whole)
    without = [removal(_counts(passed.filter(pl.col("part") != part)))[1] for part in range(PARTS)]
    contacts = dict(zip(sent["channel"], sent["contacts"], strict=True))
    together = math.fsum(effects.values())
    # Purchases without a step before are no channel's
    shared = purchases - whole.get((_START, _PURCHASE), 0)
    rows: list[dict[str, Any]] = []
    for channel, effect in effects.items():
        each = [of.get(channel, 0.0) for of in without]
        middle = math.fsum(each) / PARTS
        half = _T * math.sqrt((PARTS - 1) / PARTS * math.fsum((one - middle) ** 2 for one in each))
        credit = shared * effect / together if together > 0 else 0.0
        cost = contacts.get(channel, 0) * costs.get(channel, 0.0) or None
        rows.append(
            {
                "channel": channel,
                "steps": sum(n for (_, follows), n in whole.items() if follows == channel),
                "removal_effect": effect, "low": max(effect - half, 0.0), "high": min(effect + half, 1.0),
                "credited_purchases": credit, "contacts": contacts.get(channel, 0),
                "cost": None if cost is None else round(cost, 2),
                "cost_per_purchase": round(cost / credit, 2) if cost and credit >= 1 else None,
                "purchases": purchases, "purchase_share": base, "basis": "association",
            }
        )  # fmt: skip
    return pl.DataFrame(rows, schema=types(CHANNEL_EFFECTS), strict=False)


def _counts(passed: pl.DataFrame) -> Counts:
    summed = passed.group_by("from_state", "to_state").agg(pl.col("n").sum()).sort("from_state", "to_state")
    return {(row["from_state"], row["to_state"]): row["n"] for row in summed.to_dicts()}


def found(effects: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: the channels without which most would not have been bought."""
    if effects.is_empty():
        reason = f"fewer than {LEAST_PATHS} purchases of known customers in a year"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    rows = effects.sort("removal_effect", "channel", descending=[True, False]).to_dicts()
    said = ", ".join(
        f"without {row['channel']} {percent(row['removal_effect'], 0)} ({span(row['low'], row['high'])})"
        for row in rows[:3]
    )
    paths = counted(rows[0]["purchases"], "path")
    return findings(
        Finding(CAPABILITY, 0, f"of {paths} to a purchase would not have led there: {said}; an association")
    )
