"""profile.moments, .purchase_days -> actions.won_triggers: what happens more often in the week before a purchase than anyway.

Each customer is its own control (case-crossover, Maclure 1991): the week before its last purchase against the week four weeks
earlier. What differs between customers is in both weeks; what makes them look and buy is in one: this is an association.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.stages import of_layer, private
from cxunify.schema.effects import WON_TRIGGERS
from cxunify.schema.table import Table
from cxunify.schema.words import counted
from cxunify.warehouse import Loop, Step
from cxunify.warehouse.frames import types

CAPABILITY = "won_triggers"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of what precedes purchases.", ("capability",))
LEAST_PAIRS = 10
"""Customers with it in one of the two weeks alone, or nothing is said of it."""
FALSE = 0.05
"""Expected share of those told that are chance."""
_PRECEDED = Table("actions.preceded", "One row per kind and channel: in which of the two weeks it happened.")


def steps() -> tuple[Step, ...]:
    """The steps."""
    return (
        private(_PRECEDED),
        Loop(of_layer(WON_TRIGGERS), judged, {"preceded": f"select * from {_PRECEDED.name} order by kind, channel"}),
        Loop(FOUND, found, {"triggers": f"select * from actions.{WON_TRIGGERS.name}"}),
    )


def judged(preceded: pl.DataFrame) -> pl.DataFrame:
    """One row per kind and channel of which enough is known."""
    from scipy.stats import beta, binomtest, false_discovery_control  # here: it costs half a second

    rows: list[dict[str, Any]] = []
    for row in preceded.to_dicts():
        more, less = row["only_before"], row["only_earlier"]
        if more + less < LEAST_PAIRS:
            continue
        low = float(beta.ppf(0.025, more, less + 1)) if more else 0.0
        high = float(beta.ppf(0.975, more + 1, less)) if less else 1.0
        rows.append(
            {
                **row,
                "odds_ratio": (more + 0.5) / (less + 0.5),
                "low": low / (1 - low),
                "high": high / (1 - high) if high < 1 else None,
                "p": float(binomtest(more, more + less).pvalue),
                "basis": "association",
            }
        )
    if not rows:
        return pl.DataFrame(schema=types(WON_TRIGGERS))
    for row, q in zip(rows, false_discovery_control([row["p"] for row in rows]), strict=True):
        shown = "more before" if row["odds_ratio"] > 1 else "less before"
        row |= {"q": float(q), "verdict": shown if q <= FALSE else "not shown"}
    return pl.DataFrame(rows, schema=types(WON_TRIGGERS))


def found(triggers: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: what precedes purchases most."""
    if triggers.is_empty():
        reason = f"nothing happened to {LEAST_PAIRS} customers in one alone of the two weeks that are compared"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    shown = triggers.filter(verdict="more before").sort("low", "kind", "channel", descending=[True, False, False])
    kinds = counted(triggers.height, "kind")
    if shown.is_empty():
        said = f"of {kinds} of what happens none is shown to come more often before a purchase"
    else:
        said = f"of {kinds} of what happens {shown.height:,} come more often before a purchase, one in twenty of them by chance: "
        said += ", ".join(
            f"{row['kind']} ({row['channel']}) odds ×{row['odds_ratio']:.1f}, at least ×{row['low']:.1f}"
            for row in shown.head(3).to_dicts()
        )
    customers = int(triggers["customers"].max())  # type: ignore[arg-type]
    return findings(Finding(CAPABILITY, customers, f"{said}; an association"))
