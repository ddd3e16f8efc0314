"""identity.comparisons, .weights, .clusters -> identity.households: who lives together, kept apart from who is who."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cxunify.config import Config
from cxunify.schema.identity import HOUSEHOLDS
from cxunify.warehouse import Loop

_PAIRS = """
select distinct least(x.customer_id, y.customer_id) as a, greatest(x.customer_id, y.customer_id) as b
from identity.comparisons as c
join identity.weights as w on w.pattern = c.pattern
join identity.owners as x on x.node = c.a
join identity.owners as y on y.node = c.b
where w.household >= 0.5 and w.is_at_home and x.customer_id <> y.customer_id
order by a, b
"""


def households(config: Config) -> Loop:
    """The step of identity.households."""
    return Loop(HOUSEHOLDS, grouped, {"pairs": _PAIRS}, {"limit": config.identity.shared_values.address})


def grouped(pairs: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Customers whose records are pairs of one household, with its id; a group of more than `limit` is none."""
    members = pl.concat([pairs["a"], pairs["b"]]).unique().sort()
    a, b = (members.search_sorted(pairs[side]).to_numpy() for side in "ab")
    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (a, b)), shape=(len(members), len(members)))
    _, label = connected_components(graph, directed=False) if len(members) else (0, np.zeros(0, dtype=np.int32))
    found = pl.DataFrame({"customer_id": members.cast(pl.String), "label": label}).with_columns(
        pl.col("customer_id").min().over("label").alias("first"), pl.len().over("label").alias("size")
    )
    return (
        found.filter(pl.col("size") <= limit)
        .select("customer_id", (pl.lit("h") + pl.col("first").str.slice(1)).alias("household_id"))
        .sort("customer_id")
    )
