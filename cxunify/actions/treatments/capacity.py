"""Customers in the order in which they are served, and their channels -> actions.allotted: who has to go by another, or by none.

Served one after another, everybody takes the best of the channels that have room. A channel is full from some turn on, so it is
enough to find, time and again, the earliest turn at which one more would be too many: as many rounds as there are channels.
"""

from __future__ import annotations

import polars as pl

ALLOTTED = {"customer_no": pl.Int64, "channel": pl.String, "passed_over": pl.String}


def allotted(options: pl.DataFrame, capacities: pl.DataFrame) -> pl.DataFrame:
    """One row per customer for whom a channel had no room: the one that is left (null: none), and those that came first.

    `options`: turn, customer_no, ago, cost, channel (of one turn the best first, in this order). `capacities`: channel, capacity.
    """
    options = options.sort("turn", "ago", "cost", "channel").with_columns(choice=pl.int_range(pl.len()).over("turn"))
    room = dict(capacities.iter_rows())
    full = pl.Series([False] * len(options), dtype=pl.Boolean)
    while True:
        taken = options.filter(~full).unique("turn", keep="first", maintain_order=True)
        too_many = taken.filter(
            pl.int_range(pl.len()).over("channel")
            >= pl.col("channel").replace_strict(room, return_dtype=pl.Int64, default=None)
        )
        if too_many.is_empty():
            break
        turn, channel = too_many.select("turn", "channel").row(0)
        full |= (options["channel"] == channel) & (options["turn"] >= turn)
    passed = options.filter(full).join(taken.select("turn", pl.col("choice").alias("left")), "turn", "left")
    return (
        passed.filter(pl.col("left").is_null() | (pl.col("choice") < pl.col("left")))
        .group_by("turn", "customer_no", maintain_order=True)
        .agg(pl.col("channel").str.join(", ").alias("passed_over"))
        .join(taken.select("turn", "channel"), "turn", "left")
        .select(*ALLOTTED)
        .cast(ALLOTTED)  # type: ignore[arg-type]
    )
