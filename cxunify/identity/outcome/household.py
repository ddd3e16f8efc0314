"""identity.comparisons, .weights, .clusters -> identity.households: who lives together, kept apart from who is who."""

from __future__ import annotations

import polars as pl

from cxunify.components import components
from cxunify.config import Config
from cxunify.schema.identity import HOUSEHOLDS
from cxunify.warehouse import Loop, Split, statement


def households(config: Config) -> Loop:
    """The step of identity.households."""
    return Loop(
        HOUSEHOLDS,
        grouped,
        {"pairs": statement("cxunify.identity", "outcome", "households")},
        {"limit": config.identity.shared_values.address},
        split=Split("select a, b from pairs", {"pairs": ("a", "b")}),
    )


def grouped(pairs: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Customers whose records are pairs of one household, with its id; a group of more than `limit` is none."""
    members = pl.concat([pairs["a"], pairs["b"]]).unique().sort()
    a, b = (members.search_sorted(pairs[side]).to_numpy() for side in "ab")
    label = components(len(members), a, b)
    found = pl.DataFrame({"customer_id": members.cast(pl.String), "label": label}).with_columns(
        pl.col("customer_id").min().over("label").alias("first"), pl.len().over("label").alias("size")
    )
    return (
        found.filter(pl.col("size") <= limit)
        .select("customer_id", (pl.lit("h") + pl.col("first").str.slice(1)).alias("household_id"))
        .sort("customer_id")
    )
