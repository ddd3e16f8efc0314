"""profile.*, actions.predictions -> actions.loyalty_cover: whether those who are worth most are in the loyalty programme."""

from __future__ import annotations

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.stages import TIERS, published, text, value_tier
from cxunify.schema.opportunities import LOYALTY_COVER
from cxunify.schema.table import Table
from cxunify.schema.words import counted, percent
from cxunify.warehouse import Loop, Step

CAPABILITY = "loyalty_cover"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of loyalty.", ("capability",))
TOP = [name for name, share in TIERS.items() if share <= 0.1]
"""The tiers of the most valuable tenth."""


def steps() -> tuple[Step, ...]:
    """The steps."""
    return (
        published(LOYALTY_COVER, f"(\n{text('loyalty_cover').replace('$value_tier', value_tier('place', 'n'))}\n)"),
        Loop(FOUND, found, {"cover": f"select * from actions.{LOYALTY_COVER.name}"}),
    )


def found(cover: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: how many of the most valuable tenth are enrolled, against how many of all."""
    if cover.is_empty():
        return findings(Finding(CAPABILITY, 0, status="nothing", reason="nobody has bought anything"))
    everybody = cover.filter(value_tier="all").row(0, named=True)
    best = cover.filter(pl.col("value_tier").is_in(TOP))
    share = int(best["enrolled"].sum()) / int(best["customers"].sum())
    said = (
        f"of the most valuable tenth {percent(share, 0)} are enrolled, of all {percent(everybody['enrolled_share'], 0)}"
    )
    if everybody["rewards"]:
        best_rewards = int(best["rewards"].sum()) / everybody["rewards"]
        said += f"; of {counted(everybody['rewards'], 'reward')} in a year they had {percent(best_rewards, 0)}"
    if everybody["basis"] == "spend":
        said += "; by what they have spent: forecasts are refused"
    return findings(Finding(CAPABILITY, everybody["customers"], said))
