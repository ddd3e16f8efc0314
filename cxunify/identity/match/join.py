"""identity.comparisons, .weights, .settled, .parted, .traits -> identity.clusters: the cluster of each record."""

from __future__ import annotations

from math import log

import numpy as np
import polars as pl

from cxunify.config import Config
from cxunify.identity.match.cluster import Pairs, cluster
from cxunify.identity.match.score import UNIT
from cxunify.schema import Table
from cxunify.warehouse import Loop, statement

CLUSTERS = Table(
    "identity.clusters", "One row per source record: the smallest record number of its cluster.", ("node",)
)

_BOUND = (
    "select a, b from identity.settled anti join identity.parted using (a, b) where cause = 'decision' order by a, b"
)
"""Pairs that people decided to be one person: nothing that the data says undoes that."""


def asked(config: Config) -> float:
    """The log odds that records must exceed to join, in units of weights."""
    return log(config.identity.threshold / (1 - config.identity.threshold)) * UNIT


def clusters(config: Config) -> Loop:
    """The step of identity.clusters."""
    inputs = {
        **{name: statement("cxunify.identity", "match", name) for name in ("pairs", "records")},
        "bound": _BOUND,
    }
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
