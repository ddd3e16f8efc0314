"""Counts of customers who changed, by where they went or whether they still wait -> actions.treatment_moves.

How long it takes from a change to the next track is the median of Kaplan and Meier (1958, JASA 53): of those who still wait it is
known only that it takes longer, and leaving them out would make a slow company look fast. Who went to another track counts, for
this one, until the day on which it went.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from cxunify.schema.actions import TREATMENT_MOVES
from cxunify.warehouse.frames import types


def moves(counted: pl.DataFrame) -> pl.DataFrame:
    """One row per from_track, to_track and cause.

    `counted`: from_track, to_track (null: still waiting), cause, days (from the change on; null: not known since when), customers.
    """
    rows = []
    for (start, cause), of in counted.group_by("from_track", "cause", maintain_order=True):
        waiting = int(of.filter(pl.col("to_track").is_null())["customers"].sum())
        dated = of.filter(pl.col("days").is_not_null())
        for (end,), gone in of.drop_nulls("to_track").group_by("to_track", maintain_order=True):
            lives = [
                (max(days, 0), to == end, customers)
                for to, days, customers in dated.select("to_track", "days", "customers").iter_rows()
            ]
            rows.append((start, end, cause, int(gone["customers"].sum()), waiting, median(lives)))
    return pl.DataFrame(rows, schema=types(TREATMENT_MOVES), orient="row").sort("from_track", "to_track", "cause")


def median(lives: Iterable[tuple[int, bool, int]]) -> int | None:
    """The first day by which at least half have gone, from (days, whether they have gone, how many); None: fewer ever did.

    Who is not followed beyond a day is still there on it.
    """
    gone: dict[int, int] = {}
    left: dict[int, int] = {}
    for days, has_gone, customers in lives:
        of = gone if has_gone else left
        of[days] = of.get(days, 0) + customers
    there = sum(gone.values()) + sum(left.values())
    share = 1.0
    for day in sorted({*gone, *left}):
        share *= 1 - gone.get(day, 0) / there
        if share <= 0.5 + 1e-12:
            return day
        there -= gone.get(day, 0) + left.get(day, 0)
    return None
