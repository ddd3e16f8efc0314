"""profile.moments, .days -> actions.lost_sales: carts, checkouts and quotes that came to nothing, and what was bought elsewhere."""

from __future__ import annotations

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.stages import private, published, text
from cxunify.schema.improvement import LOST_SALES
from cxunify.schema.table import Table
from cxunify.schema.words import counted, percent
from cxunify.warehouse import Loop, Step

CAPABILITY = "lost_sales"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of lost sales.", ("capability",))

_TRIES = Table(
    "temp.tries", "One row per customer, channel and day with a cart, a checkout or a quote: what came of it."
)


def steps() -> tuple[Step, ...]:
    """The steps."""
    return (
        private(_TRIES),
        published(LOST_SALES, f"(\n{text('lost_sales')}\n)"),
        Loop(
            FOUND,
            found,
            {
                "lost": f"select * from actions.{LOST_SALES.name}",
                "tried": f"select count(distinct customer_no) as customers from {_TRIES.name}",
            },
        ),
    )


def found(lost: pl.DataFrame, tried: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: how many were completed, recovered elsewhere, lost; and how many would have come anyway."""
    if lost.is_empty():
        reason = "no known customer had a cart, a checkout or a quote that is seven days old"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    tries = int(lost["tries"].sum())
    share = {name: int(lost.filter(outcome=name)["tries"].sum()) / tries for name in ("completed", "recovered", "lost")}
    elsewhere = lost.filter(pl.col("outcome") == "recovered", pl.col("bought_in") != pl.col("channel"))
    other = int(elsewhere["tries"].sum()) / tries
    usual = float((lost["usual_share"] * lost["tries"]).sum()) / tries
    all_tries = counted(tries, "cart, checkout or quote", "carts, checkouts and quotes")
    said = (
        f"of {all_tries} {percent(share['completed'], 0)} were bought, {percent(share['recovered'], 0)} within a week"
        f" ({percent(other, 0)} in another channel, where {percent(usual, 0)} buy in any week),"
        f" {percent(share['lost'], 0)} not within a week"
    )
    return findings(Finding(CAPABILITY, int(tried.item()), said))
