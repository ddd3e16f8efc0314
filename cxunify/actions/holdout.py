"""profile.numbers, the ledger -> actions.assignments: who is held out, by a keyed hash of the id, and for as long as it lives.

A customer is held out where the number drawn for it lies below the share: whatever the order of rows, the machine or the month, it
is the same number; raising the share keeps everybody who was held out; another salt, or the name of another experiment, draws anew
and independently (one global control group, by hash: the practice of Braze; PostHog had to correct that its hold-outs are a list).
What was drawn is kept in the ledger: customers that merge keep the smallest number of theirs, what splits off takes it along.
"""

from __future__ import annotations

import polars as pl

from cxunify.actions.stages import text
from cxunify.config import Config
from cxunify.schema.actions import ASSIGNED
from cxunify.schema.table import Table
from cxunify.warehouse import Loop, Stage, Step

ALIASES = Table(
    "actions.aliases", "One row per id of a customer that was merged away: what it is today.", ("customer_id",)
)
TREATED = "treated"
HELD_OUT = "held_out"
_DIGITS = "0123456789abcdef"


def drawn(digest: str) -> str:
    """SQL for the number of a customer, from 0 to below 1: the first 32 bits of sha256(salt | experiment | id), in hexadecimals.

    The engines agree on places of letters, not on how a text of hexadecimals is read.
    """
    terms = (f"(strpos('{_DIGITS}', substr({digest}, {at}, 1)) - 1) * {16 ** (8 - at)}" for at in range(1, 9))
    return f"({' + '.join(terms)}) / 4294967296.0::double"


def steps(config: Config) -> tuple[Step, ...]:
    """The steps."""
    select = text("assignments").replace("$drawn", drawn("d.digest"))
    whole = select.replace("$share", repr(config.actions.holdout.share))
    return (
        # By content: the ledger is given this very thing, and what follows from it must not be older for that.
        Loop(ALIASES, followed, {"merges": text("merges")}, by_content=True),
        Stage(ASSIGNED, ASSIGNED.select(f"(\n{whole}\n) as made"), by_content=True),
    )


def followed(merges: pl.DataFrame) -> pl.DataFrame:
    """Each id that was merged away, and the one that it ends in; what merged into it before ends there too.

    `merges`: run_id, old_id, new_id; the last word on an id holds.
    """
    into = dict(merges.sort("run_id", "old_id", "new_id").select("old_id", "new_id").iter_rows())
    rows = []
    for old in sorted(into):
        new, seen = into[old], {old}
        while new in into and new not in seen:
            seen.add(new)
            new = into[new]
        rows.append({"customer_id": old, "now": new})
    return pl.DataFrame(rows, schema={"customer_id": pl.String, "now": pl.String})
