"""profile.*, actions.assignments -> actions.lift: the steps, and what came of them."""

from __future__ import annotations

from typing import Any

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.lift import judge
from cxunify.actions.stages import gated, text
from cxunify.config import Config
from cxunify.schema.actions import LIFT
from cxunify.schema.table import Table
from cxunify.schema.words import counted
from cxunify.warehouse import Loop, Stage, Step

CAPABILITY = "campaign_benefit"
FOUND = Table("actions.found_campaign_benefit", "One row: what came of lift.", ("capability",))
WINDOW_DAYS = 30
"""Days after a contact, the first among them, in which what customers do is counted."""
BEFORE_DAYS = 91
"""Days before it that say how much they buy anyway."""
_ROWS = Table("temp.campaign_rows", "One row per contact, or customer left out, of a campaign with a hold-out.")
_ARMS = Table(
    "actions.experiment_arms", "One row per experiment and customer: the arm, and the days that are compared."
)
_SUMS = Table(
    "actions.experiment_sums", "One row per experiment, arm and number of purchases before: sums over customers."
)
_FOUND_LIFT = Table(
    "actions.found_lift", "One row per experiment, outcome and estimator: what lift says, whatever readiness says."
)


def steps(config: Config) -> tuple[Step, ...]:
    """The steps."""
    return (
        Stage(_ROWS, text("campaign_rows")),
        # By content: the ledger is given, with every run, who is in which arm, and what follows from it must not be older for that.
        Stage(_ARMS, _days(text("experiment_arms")), by_content=True),
        Stage(_SUMS, _days(text("experiment_sums"))),
        Loop(
            _FOUND_LIFT,
            judge.lift,
            {
                "experiments": text("experiments"),
                "sums": f"select * from {_SUMS.name}",
                "contacts": text("experiment_contacts"),
            },
            {
                "window_days": WINDOW_DAYS,
                "margin": config.actions.margin,
                "contact_costs": config.actions.contact_costs,
            },
        ),
        gated(LIFT, _FOUND_LIFT.name, CAPABILITY),
        Loop(FOUND, found, {"lift": f"select * from {_FOUND_LIFT.name}"}),
    )


def found(lift: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: of how many experiments what is shown."""
    if lift.is_empty():
        reason = "no campaign names whom it left out (held_out), and no hold-out of treatments is old enough"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    told = lift.filter("is_told")
    each = told.filter(outcome="spend").sort("experiment", "basis")
    measured = each.filter(pl.col("verdict") != "refused")
    if measured.is_empty():
        first: dict[str, Any] = each.row(0, named=True)
        return findings(Finding(CAPABILITY, 0, status="refused", reason=f"{first['experiment']}: {first['reason']}"))
    of = {verdict: int(measured.filter(verdict=verdict).height) for verdict in ("works", "harms", "not shown")}
    customers = int((measured["treated"] + measured["held_out"]).max())  # type: ignore[arg-type]
    check = (
        f"spend in {WINDOW_DAYS} days: of {counted(measured.height, 'experiment')} {counted(of['works'], 'brings', 'bring')} more,"
        f" {of['harms']} less, of {of['not shown']} nothing is shown{_harm(told)}"
    )
    return findings(Finding(CAPABILITY, customers, check))


def _harm(lift: pl.DataFrame) -> str:
    """What is harmed beside spend, by experiment: who buys less, or asks to be left alone, may spend as much for a month."""
    harmed = lift.filter(pl.col("outcome") != "spend", verdict="harms").sort("experiment", "outcome")
    each = harmed.group_by("experiment", maintain_order=True).agg(pl.col("outcome").str.join(", "))
    return "".join(f"; {experiment} harms: {outcomes.replace('_', ' ')}" for experiment, outcomes in each.iter_rows())


def _days(select: str) -> str:
    """The days that are compared are the layer's own, and stand in its SQL."""
    return select.replace("$window_days", str(WINDOW_DAYS)).replace("$before_days", str(BEFORE_DAYS))
