"""Quotes of the web: some are ordered there, some are won in a branch within the week, the rest is lost."""

from pathlib import Path

import numpy as np
import polars as pl

from sample_data.world.dice import Ints
from sample_data.world.people import FIRST_DAY
from sample_data.world.plants.branches import DAY, Branches, Told, cents, truth, write
from sample_data.world.plants.club import Shopping

_ORDERED, _WON, _LOST = range(3)
_SHARES = (0.25, 0.3, 0.45)
_QUOTES = 3
_APART = 200
"""Days from one quote of a person to the next, and some: what was bought after one is in no week of another."""


def quotes(at: Branches, shopping: Shopping, out: Path) -> Told:
    """Write the quotes and orders of the web, and the receipts of the branches: the club's, and those that quotes led to."""
    dice = at.dice.scoped("quotes")
    row = np.repeat(np.flatnonzero(~at.member), _QUOTES)
    number = np.tile(np.arange(_QUOTES), int((~at.member).sum()))
    ids = at.person[row] * _QUOTES + number
    day = FIRST_DAY + 60 + number * _APART + dice.below("day", ids, 150)
    amount = dice.between("amount", ids, 5_000, 90_000)
    outcome = dice.choose("outcome", ids, _SHARES)
    ordered, won = outcome == _ORDERED, outcome == _WON
    paid = amount * 95 // 100

    asked_at = day * DAY + dice.between("asked at", ids, 8 * 3600, 18 * 3600)
    web = write(
        out,
        "branch_web",
        "W",
        np.concatenate([asked_at, asked_at[ordered] + dice.between("ordered after", ids[ordered], 600, 3 * 3600)]),
        at.person[np.concatenate([row, row[ordered]])],
        {
            "contact": at.key.gather(np.concatenate([row, row[ordered]])),
            "event": pl.Series(["Quote"] * len(row) + ["Order"] * int(ordered.sum())),
            "amount": cents(np.concatenate([amount, amount[ordered]])),
        },
    )
    club = at.dice.scoped("club")
    elsewhere = club.flag("elsewhere", shopping.ids, 0.1)
    store = np.where(elsewhere, club.below("other store", shopping.ids, len(at.stores)), at.home[shopping.row])
    bought_day = np.concatenate([shopping.day, day[won] + dice.between("won after", ids[won], 1, 6)])
    buyer = np.concatenate([shopping.row, row[won]])
    clock: Ints = np.concatenate(
        [club.between("time", shopping.ids, 9 * 3600, 19 * 3600), dice.between("time", ids[won], 9 * 3600, 19 * 3600)]
    )
    spent = np.concatenate([club.between("amount", shopping.ids, 500, 6_000), paid[won]])
    tills = write(
        out,
        "branch_receipts",
        "B",
        bought_day * DAY + clock,
        at.person[buyer],
        {
            "contact": at.key.gather(buyer),
            "store": at.stores.gather(np.concatenate([store, at.home[row[won]]])),
            "amount": cents(spent),
        },
    )
    rows = []
    for place, name in enumerate(("completed", "recovered", "lost")):
        mine = outcome == place
        rows += [
            (name, "tries", float(mine.sum())),
            (name, "customers", float(len(np.unique(row[mine])))),
            (name, "amount", float(amount[mine].sum()) / 100),
        ]
    rows.append(("all", "customers", float(len(np.unique(row)))))
    rows.append(("recovered", "recovered_spend", float(paid[won].sum()) / 100))
    return Told({"branch_web": web, "branch_receipts": tills}, truth("lost_sales", rows))
