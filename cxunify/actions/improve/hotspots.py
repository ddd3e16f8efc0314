"""profile.moments, .cases, actions.predictions, .complaint_effects -> actions.hotspots: where most value is hurt.

How many contacts there are, how many of them go badly, and what the customers with whom they do are worth. What of that value is
lost is told where `complaint_effects` has shown a loss, within its interval, and nowhere else.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.lift.intervals import Z, wilson
from cxunify.actions.stages import of_layer, private
from cxunify.config import Config
from cxunify.schema.effects import HOTSPOTS
from cxunify.schema.improvement import COMPLAINT_EFFECTS
from cxunify.schema.table import Table
from cxunify.schema.words import percent, span
from cxunify.warehouse import Loop, Step
from cxunify.warehouse.frames import types

CAPABILITY = "hotspots"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of hot spots.", ("capability",))
LEAST_CONTACTS = 20
"""Of a kind, reason, channel and place, or nothing is said of it."""
_WORRIES = Table(
    "actions.worries",
    "One row per kind of contact, reason, channel and place: how many, how many badly, of what value.",
)


def steps(config: Config) -> tuple[Step, ...]:
    """The steps."""
    return (
        private(_WORRIES),
        Loop(
            of_layer(HOTSPOTS),
            ranked,
            {
                "worries": f"select * from {_WORRIES.name} order by all",
                "effects": f"select * from actions.{COMPLAINT_EFFECTS.name} where resolved = 'all'",
            },
            {"costs": config.actions.contact_costs},
        ),
        Loop(FOUND, found, {"hotspots": f"select * from actions.{HOTSPOTS.name}"}),
    )


def ranked(worries: pl.DataFrame, effects: pl.DataFrame, costs: dict[str, float]) -> pl.DataFrame:
    """One row per spot with enough contacts, the one with most value at stake first."""
    lost = effects.filter(verdict="fewer").to_dicts()
    whole = {kind: (int(of["bad"].sum()), int(of["contacts"].sum())) for (kind,), of in worries.group_by("kind")}
    rows: list[dict[str, Any]] = []
    for row in worries.filter(pl.col("contacts") >= LEAST_CONTACTS).to_dicts():
        share = row["bad"] / row["contacts"]
        low, high = wilson(share, row["contacts"], Z)
        bad, contacts = whole[row["kind"]]
        cost = row["contacts"] * costs.get(row["channel"], 0.0)
        at_stake = Decimal(row["value"])
        told = {**row, "bad_share": share, "low": low, "high": high, "usual_share": bad / contacts, "value_at_stake": at_stake,
                "cost": round(cost, 2) or None}  # fmt: skip
        for name, by in (("lost_value", "difference"), ("lost_value_low", "high"), ("lost_value_high", "low")):
            told[name] = (at_stake * Decimal(repr(-lost[0][by]))).quantize(Decimal("0.01")) if lost else None
        rows.append(told)
    rows.sort(key=lambda row: (-row["value_at_stake"], -row["low"], *(str(row[name]) for name in HOTSPOTS.grain)))
    return pl.DataFrame(
        [{**row, "rank": place, "basis": "association" if lost else "counted"} for place, row in enumerate(rows, 1)],
        schema=types(HOTSPOTS),
        strict=False,
    )


def found(hotspots: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: the first spots."""
    if hotspots.is_empty():
        reason = f"no kind, reason, channel and place has {LEAST_CONTACTS} contacts of known customers in a year"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    first = hotspots.sort("rank").head(3).to_dicts()
    said = "; ".join(f"{', '.join(row[name] for name in HOTSPOTS.grain if row[name])}: {_badly(row)}" for row in first)
    most = int(hotspots["customers"].max())  # type: ignore[arg-type]
    return findings(Finding(CAPABILITY, most, said))


def _badly(row: dict[str, Any]) -> str:
    """How often it goes badly there; of complaints all do."""
    worth = f"customers worth {row['value_at_stake']:,.0f}"
    if row["kind"] == "complaint":
        return f"{row['contacts']:,}, {worth}"
    share = f"{percent(row['bad_share'], 0)} of {row['contacts']:,} go badly ({span(row['low'], row['high'])})"
    return f"{share}, usual {percent(row['usual_share'], 0)}, {worth}"
