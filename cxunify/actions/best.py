"""actions.* -> actions.best_actions: what is to be done with a customer who comes by itself, to be looked up while it is there."""

from __future__ import annotations

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.stages import published, text
from cxunify.schema.opportunities import BEST_ACTIONS
from cxunify.schema.table import Table
from cxunify.schema.words import counted
from cxunify.warehouse import Loop, Stage, Step

CAPABILITY = "best_action"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of best actions.", ("capability",))


def steps() -> tuple[Step, ...]:
    """The steps: behind tracks, the plan, products and what is due."""
    return (
        Stage(
            Table("actions.best_candidates", "One row per customer and thing that may be done when it comes."),
            text("best_candidates"),
        ),
        published(BEST_ACTIONS, f"(\n{text('best_actions')}\n)"),
        Loop(FOUND, found, {"counts": text("best_counts")}),
    )


def found(counts: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: for how many there is something to be done, and who is to be left alone."""
    (of,) = counts.to_dicts()
    if not of["told"]:
        reason = "there is nothing to be done: no track, offer, product or event of anybody"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    said = f"there is something to be done for {counted(of['told'], 'customer')}, and for whoever is in one of"
    said += f" {counted(of['segments'], 'segment')}"
    if of["held_out"]:
        said += f"; {of['held_out']:,} are held out"
    if of["complaining"]:
        said += f"; {of['complaining']:,} complain, and are sold nothing"
    return findings(Finding(CAPABILITY, of["told"], said))
