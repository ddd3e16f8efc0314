"""profile.moments, actions.limits -> actions.lifecycle_due: contracts that end, anniversaries, second purchases."""

from __future__ import annotations

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.stages import published, text
from cxunify.schema.opportunities import LIFECYCLE_DUE
from cxunify.schema.table import Table
from cxunify.schema.words import counted, percent
from cxunify.warehouse import Loop, Stage, Step

CAPABILITY = "lifecycle_events"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of events of the life cycle.", ("capability",))
LEAST_DUE = 30
"""Customers whose second purchase was due a quarter ago, or their share is no check."""
_EVENTS = {
    "contract_end": ("contract ends", "contracts end"),
    "contract_anniversary": ("contract has its anniversary", "contracts have their anniversary"),
    "second_purchase": ("second purchase is due", "second purchases are due"),
}


def steps() -> tuple[Step, ...]:
    """The steps."""
    return (
        Stage(
            Table("actions.contracts", "One row per customer with a contract that has not ended."), text("contracts")
        ),
        Stage(
            Table("actions.seconds", "One row per customer who bought: its first and its second day with a purchase."),
            text("seconds"),
        ),
        Stage(
            Table("actions.second_gaps", "One row for today and one for a quarter ago: when half had come back."),
            text("second_gaps"),
        ),
        Stage(Table("actions.due", "One row per customer and event that is due."), text("due")),
        published(LIFECYCLE_DUE, f"(\n{text('lifecycle_due')}\n)"),
        Loop(
            FOUND,
            found,
            {
                "due": "select event, count(*) as customers from actions.lifecycle_due group by event order by event",
                "second": text("second_purchases"),
                "then": "select $today::date - 91 as day",
            },
        ),
    )


def found(due: pl.DataFrame, second: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    """What came of it: what is due, and whether those whose second purchase was due a quarter ago came more often than others."""
    each = dict(due.iter_rows())
    if not each:
        return findings(Finding(CAPABILITY, 0, status="nothing", reason="no event of a life cycle is due in 60 days"))
    said = "in 60 days: " + ", ".join(counted(each[event], *words) for event, words in _EVENTS.items() if event in each)
    (past,) = second.to_dicts()
    if "second_purchase" not in each or past["due"] < LEAST_DUE:
        return findings(Finding(CAPABILITY, sum(each.values()), said))
    share, anybody = past["due_came"] / past["due"], past["came"] / past["customers"]
    said += f"; of those due a quarter ago {percent(share, 0)} bought, of all who had bought once {percent(anybody, 0)}"
    is_weak = share <= anybody
    return findings(
        Finding(
            CAPABILITY,
            sum(each.values()),
            said,
            then.item(),
            "weak" if is_weak else "ready",
            "who was due a second purchase a quarter ago came no more often than others" if is_weak else None,
        )
    )
