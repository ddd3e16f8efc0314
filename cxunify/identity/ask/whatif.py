"""Another configuration -> who would merge and who would split under it; nothing of it is kept.

The stages are those of `resolve`, run within a transaction that is rolled back, with the model as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from cxunify.config import Config
from cxunify.errors import LookupFailed, Problem
from cxunify.identity import current, params
from cxunify.identity.ask.waterfall import model_of
from cxunify.warehouse import Warehouse

SHOWN = 5
"""Customers of each kind that are named."""


@dataclass(frozen=True)
class Split:
    """A customer that would fall apart, and how many records each part would have."""

    customer_id: str
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Merge:
    """Customers whose records would be one customer."""

    customer_ids: tuple[str, ...]
    records: int


@dataclass(frozen=True)
class WhatIf:
    """What would become of the customers."""

    customers: int
    """As they are."""
    customers_then: int
    splits: int
    merges: int
    records: int
    """Of the customers that would change."""
    split: tuple[Split, ...]
    """The first few."""
    merged: tuple[Merge, ...]
    """The first few."""
    without: tuple[str, ...]
    """The values taken away, as `identity.placeholders` would name them."""


def what_if(warehouse: Warehouse, config: Config, threshold: float | None, without: Sequence[str]) -> WhatIf:
    """Resolve again with another `threshold` or `without` some values (`type:value` each), compare, and undo everything.

    Raises LookupFailed for a value that nobody carries.
    """
    model_of(warehouse, config)
    meant = _meant(warehouse, without)
    update = {"placeholders": (*config.identity.placeholders, *meant)}
    identity = config.identity.model_copy(update=update | ({"threshold": threshold} if threshold is not None else {}))
    changed = config.model_copy(update={"identity": identity})
    before = warehouse.frame("select node, customer_id from identity.owners order by node")
    with warehouse.rehearsal():
        warehouse.run(current(warehouse, changed), params(changed), until="identity.clusters")
        then = warehouse.frame("select node, cluster from identity.clusters order by node")
    return _compared(before.with_columns(then["cluster"]), meant)


def _meant(warehouse: Warehouse, without: Sequence[str]) -> tuple[str, ...]:
    """Values in the form that they are compared in. Refuses those that would change nothing because nobody carries them."""
    types = [name for (name,) in warehouse.rows("select distinct type from identity.record_values order by type")]
    problems, meant = [], []
    for kind, _, value in (entry.partition(":") for entry in without):
        found = warehouse.rows(_CARRIED, {"kind": kind, "value": value.strip()})
        if kind not in types:
            problems.append(Problem("a value has no known type before its colon", f"Types are: {', '.join(types)}."))
        elif not found:
            problems.append(
                Problem(
                    f"no record carries that {kind}", "Write it as the extract does, or as identifiers.parquet has it."
                )
            )
        meant += [f"{kind}:{carried}" for (carried,) in found]
    if problems:
        raise LookupFailed(problems)
    return tuple(meant)


_CARRIED = """
with
forms as (
    select $value as value
    union
    select upper($value)
    union
    select value from identity.mailboxes where $kind = 'email' and written in ($value, lower($value))
    union
    select value from identity.numbers where $kind = 'phone' and written = $value
)
select distinct value from identity.record_values semi join forms using (value) where type = $kind order by value
"""


def _compared(frame: pl.DataFrame, meant: tuple[str, ...]) -> WhatIf:
    """Customers as they are (`customer_id`) against those that would be (`cluster`), one row per record."""
    parts = frame.group_by("customer_id", "cluster").agg(pl.len().alias("records"))
    split = parts.filter(pl.len().over("customer_id") > 1)
    merged = parts.filter(pl.len().over("cluster") > 1)
    sizes = frame.filter(
        pl.col("customer_id").is_in(pl.concat([split["customer_id"], merged["customer_id"]]).unique().implode())
    )
    first_split = (
        split.group_by("customer_id")
        .agg(pl.col("records").sort(descending=True), pl.col("records").sum().alias("size"))
        .sort(["size", "customer_id"], descending=[True, False])
        .head(SHOWN)
    )
    first_merged = (
        merged.group_by("cluster")
        .agg(pl.col("customer_id").sort(), pl.col("records").sum().alias("size"))
        .sort(["size", "cluster"], descending=[True, False])
        .head(SHOWN)
    )
    return WhatIf(
        frame["customer_id"].n_unique(),
        frame["cluster"].n_unique(),
        split["customer_id"].n_unique(),
        merged["cluster"].n_unique(),
        len(sizes),
        tuple(Split(row["customer_id"], tuple(row["records"])) for row in first_split.iter_rows(named=True)),
        tuple(Merge(tuple(row["customer_id"]), row["size"]) for row in first_merged.iter_rows(named=True)),
        meant,
    )
