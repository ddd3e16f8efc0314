"""Contracts that anybody may leave by the month, each with a chance of its own (beta distributed)."""

from pathlib import Path

import numpy as np
import polars as pl

from sample_data.world.dice import Ints
from sample_data.world.people import DAYS, FIRST_DAY
from sample_data.world.plants.branches import DAY, HOUR, Branches, Told, truth, write

_HOLD = 0.8
"""Share of contacts who ever take a contract."""
SURE, LEAVING = 1, 5
"""The chance to leave in a month is the smallest of so many even draws, a sixth on average: beta(1, 5)."""
_MONTH = 30.4375


def contracts(at: Branches, out: Path) -> Told:
    """Write beginnings and ends of contracts."""
    dice = at.dice.scoped("contracts")
    row = np.flatnonzero(dice.flag("holds", at.person, _HOLD))
    person = at.person[row]
    begun = FIRST_DAY + dice.below("begun", person, DAYS - 30)
    chance = np.min([dice.unit(f"leaves {part}", person) for part in range(LEAVING)], axis=0)
    months = 1 + np.floor(np.log1p(-dice.unit("lasts", person)) / np.log1p(-chance))
    end: Ints = begun + (np.minimum(months, 999) * _MONTH).astype(np.int64)
    over = end < FIRST_DAY + DAYS
    of, day = np.concatenate([row, row[over]]), np.concatenate([begun, end[over]])
    log = write(
        out,
        "branch_contracts",
        "K",
        day * DAY + 12 * HOUR,
        at.person[of],
        {
            "contact": at.key.gather(of),
            "event": pl.Series(["Begun"] * len(row) + ["Ended"] * int(over.sum())),
        },
    )
    ever = [(str(month), "stayed_share", stayed(month)) for month in range(1, 25)]
    return Told({"branch_contracts": log}, truth("retention_curve", ever))


def stayed(months: int) -> float:
    """Share of contracts that last longer than so many months."""
    share = 1.0
    for month in range(months):
        share *= (LEAVING + month) / (SURE + LEAVING + month)
    return share
