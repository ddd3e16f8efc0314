"""identity.comparisons, .weights, .settled, .parted, .traits -> identity.drafts, identity.clusters: the cluster of each record.

Drafts know of the pairs that share a key; clusters know besides what was found when the drafts were looked at whole.
"""

from __future__ import annotations

from math import log

import numpy as np
import polars as pl

from cxunify.components import Ints
from cxunify.config import Config
from cxunify.identity.match.cluster import Pairs, cluster
from cxunify.identity.match.score import UNIT
from cxunify.schema import Table
from cxunify.warehouse import Loop, Split, statement

_CLUSTER = "One row per source record: the smallest record number of its cluster"
DRAFTS = Table("identity.drafts", f"{_CLUSTER}, before customers are looked at whole.", ("node",))
CLUSTERS = Table("identity.clusters", f"{_CLUSTER}.", ("node",))

_BOUND = (
    "select a, b from identity.settled anti join identity.parted using (a, b) where cause = 'decision' order by a, b"
)
"""Pairs that people decided to be one person: nothing that the data says undoes that."""


def asked(config: Config) -> float:
    """The log odds that records must exceed to join, in units of weights."""
    return log(config.identity.threshold / (1 - config.identity.threshold)) * UNIT


def drafts(config: Config) -> Loop:
    """The step of identity.drafts."""
    settings = {"asked": round(asked(config))}
    return Loop(DRAFTS, joined, _inputs(), settings, by_content=True, split=_split(config))


def clusters(config: Config) -> Loop:
    """The step of identity.clusters."""
    inner = {
        "inner": statement("cxunify.identity", "match", "inner_pairs"),
        "drafts": "select node, cluster from identity.drafts order by node",
    }
    settings = {"asked": round(asked(config))}
    split = _split(config, "inner", "drafts")
    return Loop(CLUSTERS, looked_at_whole, _inputs() | inner, settings, by_content=True, split=split)


def _split(config: Config, *more: str) -> Split:
    """No pair between records that neither weights nor people connect can ever matter: see `cluster`."""
    weighed = "select a, b from {} where weight > {} or (is_settled and not is_forbidden)"
    ties = [
        weighed.format(name, round(asked(config))) for name in ("pairs", "inner") if name == "pairs" or name in more
    ]
    keys = dict.fromkeys(("pairs", "bound", "inner"), ("a", "b")) | dict.fromkeys(("records", "drafts"), ("node",))
    return Split(" union all ".join([*ties, "select a, b from bound"]), keys)


def _inputs() -> dict[str, str]:
    read = {name: statement("cxunify.identity", "match", name) for name in ("pairs", "records")}
    return read | {"bound": _BOUND}


def looked_at_whole(
    pairs: pl.DataFrame,
    records: pl.DataFrame,
    bound: pl.DataFrame,
    inner: pl.DataFrame,
    drafts: pl.DataFrame,
    asked: int,
) -> pl.DataFrame:
    """Likewise, with the `inner` pairs that forbid one another: of the shape of `pairs`. Without any, the drafts stand."""
    return joined(pl.concat([pairs, inner], how="vertical_relaxed"), records, bound, asked) if len(inner) else drafts


def joined(pairs: pl.DataFrame, records: pl.DataFrame, bound: pl.DataFrame, asked: int) -> pl.DataFrame:
    """The cluster of each of n records, in order of their numbers; `pairs` weigh in thousandths of natural log odds."""
    node = records["node"].to_numpy().astype(np.int64)
    exclusive = [records[name].to_numpy().astype(np.int64) for name in ("card", "suffix")]
    free = records.filter(pl.col("free_source").is_not_null())
    for _, part in free.group_by("free_source", maintain_order=True):
        values = np.full(len(records), -1, dtype=np.int64)
        places = _places(node, part["node"])
        values[places] = places
        exclusive.append(values)
    label = cluster(
        len(records),
        Pairs(
            _places(node, pairs["a"]),
            _places(node, pairs["b"]),
            pairs["weight"].to_numpy().astype(np.int64) - asked,
            pairs["is_forbidden"].to_numpy(),
            pairs["is_settled"].to_numpy() & ~pairs["is_forbidden"].to_numpy(),
            pairs["is_parted"].to_numpy(),
        ),
        exclusive,
        (_places(node, bound["a"]), _places(node, bound["b"])),
    )
    return pl.DataFrame({"node": node, "cluster": node[label]}, schema={"node": pl.Int32, "cluster": pl.Int32})


def _places(node: Ints, named: pl.Series) -> Ints:
    """Where the records `named` stand among those of the numbers `node`, which ascend: shape of `named`."""
    numbers: Ints = named.to_numpy().astype(np.int64)
    # Of all records, and no part of them, numbers have no gaps, and nothing need be looked up.
    places: Ints = numbers - int(node[0]) if _is_whole(node) else np.searchsorted(node, numbers)
    return places


def _is_whole(node: Ints) -> bool:
    return len(node) > 0 and int(node[-1]) - int(node[0]) + 1 == len(node)
