"""Capabilities whose tables are made before this layer -> actions.found_standing: what these say, in a sentence each."""

from __future__ import annotations

from typing import Any

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.stages import text
from cxunify.schema.table import Table
from cxunify.schema.words import counted, percent
from cxunify.warehouse import Loop, Step

FOUND = Table(
    "actions.found_standing", "One row per capability that other layers' tables serve: what they say.", ("capability",)
)
SENTENCES = {
    "one_view": "{one:,.0f} of {other:,.0f} customers are seen in more than one channel",
    "fair_contact": "{one:,.0f} of {other:,.0f} customers who were asked agree to a channel",
    "channel_flow": "{steps} from one channel to another, most often from {word} to {next_word}",
    "complaint_handling": "{one:,.0f} of {other:,.0f} complaints of the last year are resolved",
    "retention": "{share} of {other:,.0f} customers bought in the twelfth month after their first purchase",
    "store_scorecard": "{places} with sales of {one:,.0f} in the last year",
    "feedback": "{answers} of the last year, on average {word}",
    "expressed_needs": "{reasons}, stated by {stated} in their last live contact",
}
"""By capability what its tables say, as the SELECT names it."""


def steps() -> tuple[Step, ...]:
    """The step."""
    return (Loop(FOUND, found, {"told": text("standing")}),)


def found(told: pl.DataFrame) -> pl.DataFrame:
    """One finding per row; where there are none of what it counts, there is nothing of its kind."""
    return findings(
        *(
            Finding(row["capability"], row["customers"] or 0, _said(row))
            if row["other"]
            else Finding(row["capability"], 0, status="nothing", reason="there is nothing of its kind")
            for row in told.sort("capability").to_dicts()
        )
    )


def _said(row: dict[str, Any]) -> str:
    """The sentence, with what is counted in it."""
    one, other = int(row["one"] or 0), int(row["other"])
    return SENTENCES[row["capability"]].format(
        **row, share=percent(float(row["one"] or 0), 0),
        steps=counted(one, "step"), places=counted(other, "place"), answers=counted(other, "answer"),
        reasons=counted(one, "reason"), stated=counted(other, "customer"),
    )  # fmt: skip
