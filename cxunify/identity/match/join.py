"""identity.comparisons, .weights, .settled, .parted, .traits -> identity.clusters: the cluster of each record."""

from __future__ import annotations

from math import log

import numpy as np
import polars as pl

from cxunify.config import Config
from cxunify.identity.match.cluster import Pairs, cluster
from cxunify.identity.match.score import UNIT
from cxunify.schema import Table
from cxunify.warehouse import Loop

CLUSTERS = Table(
    "identity.clusters", "One row per source record: the smallest record number of its cluster.", ("node",)
)

_PAIRS = """
with
judged as (
    select c.a, c.b, w.weight, w.is_forbidden, w.is_settled
    from identity.comparisons as c
    join identity.weights as w on w.pattern = c.pattern
),
decided as (
    select a, b, 0 as weight, false as is_forbidden, true as is_settled from identity.settled
    union all
    select a, b, 0, true, false from identity.parted
)
select * from judged anti join decided using (a, b)
union all
select a, b, 0, bool_or(is_forbidden), bool_or(is_settled) from decided group by a, b
"""
_RECORDS = """
select s.node, coalesce(dense_rank() over (order by s.card nulls last) * (s.card is not null)::integer - 1, -1) as card,
    coalesce(list_position(['i', 'jr', 'sr', 'ii', 'iii', 'iv', 'v'], f.suffix), -1) as suffix,
    case when f.is_duplicate_free then f.source end as free_source
from identity.traits as s
join identity.features as f using (node)
order by s.node
"""
_BOUND = (
    "select a, b from identity.settled anti join identity.parted using (a, b) where cause = 'decision' order by a, b"
)
"""Pairs that people decided to be one person: nothing that the data says undoes that."""


def asked(config: Config) -> float:
    """The log odds that records must exceed to join, in units of weights."""
    return log(config.identity.threshold / (1 - config.identity.threshold)) * UNIT


def clusters(config: Config) -> Loop:
    """The step of identity.clusters."""
    inputs = {"pairs": _PAIRS, "records": _RECORDS, "bound": _BOUND}
    return Loop(CLUSTERS, joined, inputs, {"asked": round(asked(config))}, by_content=True)


def joined(pairs: pl.DataFrame, records: pl.DataFrame, bound: pl.DataFrame, asked: int) -> pl.DataFrame:
    """The cluster of each of n records, numbered 0 … n-1 in order; `pairs` weigh in thousandths of natural log odds."""
    exclusive = [records[name].to_numpy().astype(np.int64) for name in ("card", "suffix")]
    free = records.filter(pl.col("free_source").is_not_null())
    for _, part in free.group_by("free_source", maintain_order=True):
        values = np.full(len(records), -1, dtype=np.int64)
        values[part["node"].to_numpy()] = part["node"].to_numpy()
        exclusive.append(values)
    label = cluster(
        len(records),
        Pairs(
            pairs["a"].to_numpy().astype(np.int64),
            pairs["b"].to_numpy().astype(np.int64),
            pairs["weight"].to_numpy().astype(np.int64) - asked,
            pairs["is_forbidden"].to_numpy(),
            pairs["is_settled"].to_numpy() & ~pairs["is_forbidden"].to_numpy(),
        ),
        exclusive,
        (bound["a"].to_numpy().astype(np.int64), bound["b"].to_numpy().astype(np.int64)),
    )
    return pl.DataFrame({"node": records["node"], "cluster": label}, schema={"node": pl.Int32, "cluster": pl.Int32})
