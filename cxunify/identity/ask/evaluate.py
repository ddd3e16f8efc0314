"""Labels + identity.* -> how right the customers are: measures, thresholds, calibration and the worst errors.

Only labelled records count: of a customer with two labelled records and ten others, the two are judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from cxunify.errors import InputError
from cxunify.identity.ask.measures import Measures, measure
from cxunify.identity.ask.truth import Labels, pairs_of
from cxunify.identity.ask.waterfall import BIT
from cxunify.identity.match.score import UNIT
from cxunify.schema.words import counted
from cxunify.warehouse import Warehouse

THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)
BANDS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
WORST = 10


@dataclass(frozen=True)
class Counted:
    """Pairs judged against the labels."""

    right: int
    """Joined, and one person."""
    wrong: int
    """Joined, and two people."""
    missed: int
    """One person, and not joined."""
    apart: int
    """Two people, and not joined."""
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class At:
    """What joining every pair from a probability on would give, pair by pair, before customers are made of them."""

    threshold: float
    counted: Counted


@dataclass(frozen=True)
class Band:
    """Compared pairs, or joined records, of one band of probability: the share that is right should lie within it."""

    low: float
    high: float
    number: int
    promised: float
    right: float


@dataclass(frozen=True)
class Wrong:
    """One customer that holds several people, and a record of each of two of them."""

    customer_id: str
    records: int
    wrong_pairs: int
    record_a: str
    record_b: str


@dataclass(frozen=True)
class Missed:
    """Two records of one person in two customers; `weight` in bits, None when they were never compared."""

    record_a: str
    record_b: str
    weight: float | None
    probability: float | None


@dataclass(frozen=True)
class Evaluation:
    """How right the customers are."""

    labelled: int
    """Records, or pairs, with a label that the warehouse knows."""
    unknown: int
    """Labels of records that it does not know."""
    pairwise: Counted
    completeness: float
    """Share of the labelled pairs of one person that were compared at all."""
    reduction: float
    """Share of all pairs of the records that are loaded which nobody had to compare: recordlinkage's reduction ratio."""
    clusters: Measures | None
    """B-cubed among them; None for labelled pairs, which do not say how many people there are."""
    thresholds: tuple[At, ...]
    calibration: tuple[Band, ...]
    """Of compared pairs: right is one person."""
    confidence: tuple[Band, ...]
    """Of records that share a customer: right is who most of the customer's labelled records are. Empty for labelled pairs."""
    wrong: tuple[Wrong, ...]
    missed: tuple[Missed, ...]


def evaluate(warehouse: Warehouse, labels: Labels) -> Evaluation:
    """Judge the warehouse's customers by `labels`. Raises InputError when no label speaks of a known record."""
    nodes = warehouse.frame(
        "select f.node::bigint as node, f.source, f.record_id, a.customer_id, a.confidence"
        " from identity.features as f join identity.assignments as a using (source, record_id)"
    )
    scored = warehouse.frame(
        "select c.a::bigint as a, c.b::bigint as b, w.weight, w.probability"
        " from identity.comparisons as c join identity.weights as w using (pattern)"
    )
    if labels.clusters is not None:
        given = labels.clusters
        known = given.join(nodes, on=["source", "record_id"], maintain_order="left")
        people = known.select("node", "customer_id", "person")
        total = len(people) * (len(people) - 1) // 2
        pairs, clusters = _within(people), measure(people["customer_id"].to_list(), people["person"].to_list())
        confidence = tuple(_bands(_majority(known)))
        for side in "ab":
            of_side = people.select(pl.col("node").alias(side), pl.col("person").alias(f"person_{side}"))
            scored = scored.join(of_side, on=side)
        scored = scored.with_columns((pl.col("person_a") == pl.col("person_b")).alias("same"))
    else:
        assert labels.pairs is not None
        given = labels.pairs
        known = pairs_of(labels, nodes, scored)
        for side in "ab":
            known = known.join(
                nodes.select(pl.col("node").alias(side), pl.col("customer_id").alias(f"customer_{side}")), on=side
            )
        pairs = known.select("a", "b", "same", (pl.col("customer_a") == pl.col("customer_b")).alias("joined"))
        total, clusters, confidence = len(pairs), None, ()
        scored = scored.join(pairs, on=["a", "b"])
    if not len(known):
        raise InputError(
            f"none of the {counted(len(given), 'label')} speaks of a record that is loaded",
            "Look at their sources and record ids.",
        )
    true = int(pairs["same"].sum())
    compared = int(warehouse.scalar("select count(*) from identity.comparisons"))
    named = nodes.select("node", "customer_id", (pl.col("source") + ":" + pl.col("record_id")).alias("key"))
    missed = pairs.filter(pl.col("same") & ~pl.col("joined")).join(
        scored.select("a", "b", "weight", "probability"), on=["a", "b"], how="left"
    )
    return Evaluation(
        len(known),
        len(given) - len(known),
        _counted(pairs, true, total),
        int(scored["same"].sum()) / true if true else 1.0,
        _reduction(compared, len(nodes)),
        clusters,
        tuple(At(threshold, _at(scored, threshold, true, total)) for threshold in THRESHOLDS),
        tuple(_bands(scored)),
        confidence,
        _wrong(pairs.filter(~pl.col("same") & pl.col("joined")), named),
        _missed(missed, named),
    )


def _within(people: pl.DataFrame) -> pl.DataFrame:
    """Every pair of labelled records that is one person, one customer, or both: the only ones that measures count."""
    found = []
    for group in ("person", "customer_id"):
        other = people.rename({name: f"{name}_b" for name in people.columns})
        found.append(
            people.join(other, left_on=group, right_on=f"{group}_b", coalesce=False)
            .filter(pl.col("node") < pl.col("node_b"))
            .select(
                pl.col("node").alias("a"),
                pl.col("node_b").alias("b"),
                (pl.col("person") == pl.col("person_b")).alias("same"),
                (pl.col("customer_id") == pl.col("customer_id_b")).alias("joined"),
            )
        )
    return pl.concat(found).unique(["a", "b"])


def _count(right: int, wrong: int, missed: int, apart: int) -> Counted:
    """Counts of pairs with recordlinkage's measures of them; where nothing could go wrong, nothing did.

    They are the cells of its confusion matrix, which has the true pairs in the first row and the joined ones in the first column.
    """
    import recordlinkage  # here: with pandas and scikit-learn it takes more than a second

    matrix = np.array([[right, missed], [wrong, apart]])
    precision = recordlinkage.precision(matrix) if right + wrong else 1.0
    recall = recordlinkage.recall(matrix) if right + missed else 1.0
    f1 = recordlinkage.fscore(matrix) if right else min(precision, recall)
    return Counted(right, wrong, missed, apart, precision, recall, f1)


def _reduction(compared: int, records: int) -> float:
    """The share of all pairs of so many records that were not compared."""
    import recordlinkage

    return float(recordlinkage.reduction_ratio(compared, records)) if records > 1 else 0.0


def _counted(pairs: pl.DataFrame, true: int, total: int) -> Counted:
    right = int((pairs["same"] & pairs["joined"]).sum())
    wrong = int(pairs["joined"].sum()) - right
    return _count(right, wrong, true - right, total - true - wrong)


def _at(scored: pl.DataFrame, threshold: float, true: int, total: int) -> Counted:
    """Every compared pair from a probability on, as if joined."""
    taken = scored.filter(pl.col("probability") >= threshold)
    right = int(taken["same"].sum())
    wrong = len(taken) - right
    return _count(right, wrong, true - right, total - true - wrong)


def _majority(known: pl.DataFrame) -> pl.DataFrame:
    """Labelled records that share a customer with another: `probability` is what was promised, `same` whether it was kept.

    Of two people with equally many records the customer is the one whose name sorts first.
    """
    counted = known.group_by("customer_id", "person").agg(pl.len().alias("records"))
    owners = (
        counted.sort(["records", "person"], descending=[True, False])
        .group_by("customer_id", maintain_order=True)
        .agg(pl.first("person").alias("owner"), pl.sum("records"))
        .filter(pl.col("records") > 1)
    )
    return known.join(owners, on="customer_id").select(
        pl.col("confidence").alias("probability"), (pl.col("person") == pl.col("owner")).alias("same")
    )


def _bands(scored: pl.DataFrame) -> Iterator[Band]:
    """Pairs or records by what was promised of them."""
    for low, high in pairwise(BANDS):
        within = scored.filter(pl.col("probability").is_between(low, high, closed="both" if high == 1 else "left"))
        if len(within):
            promised, right = within.select(pl.col("probability").mean(), pl.col("same").mean()).row(0)
            yield Band(low, high, len(within), promised, right)


def _wrong(pairs: pl.DataFrame, named: pl.DataFrame) -> tuple[Wrong, ...]:
    """The customers with most wrong pairs."""
    sizes = named.group_by("customer_id").agg(pl.len().alias("records"))
    worst = (
        pairs.join(named.rename({"key": "record_a"}), left_on="a", right_on="node")
        .join(named.select("node", pl.col("key").alias("record_b")), left_on="b", right_on="node")
        .sort("record_a", "record_b")
        .group_by("customer_id")
        .agg(pl.len().alias("wrong_pairs"), pl.first("record_a", "record_b"))
        .join(sizes, on="customer_id")
        .sort(["wrong_pairs", "customer_id"], descending=[True, False])
        .head(WORST)
        .select("customer_id", "records", "wrong_pairs", "record_a", "record_b")
    )
    return tuple(Wrong(*row) for row in worst.iter_rows())


def _missed(pairs: pl.DataFrame, named: pl.DataFrame) -> tuple[Missed, ...]:
    """The missed pairs that the model held most likely; those never compared come last."""
    keys = named.select("node", "key")
    worst = (
        pairs.join(keys.rename({"key": "record_a"}), left_on="a", right_on="node")
        .join(keys.rename({"key": "record_b"}), left_on="b", right_on="node")
        .sort(["weight", "record_a", "record_b"], descending=[True, False, False], nulls_last=True)
        .head(WORST)
        .select("record_a", "record_b", pl.col("weight") / UNIT / BIT, "probability")
    )
    return tuple(Missed(*row) for row in worst.iter_rows())
