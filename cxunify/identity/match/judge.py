"""identity.patterns, identity.comparisons -> identity.model, identity.weights, and the cluster of each record."""

from __future__ import annotations

from math import log
from pathlib import Path

import numpy as np
import polars as pl

from cxunify.config import Config
from cxunify.identity.match.cluster import Ints, Pairs, cluster
from cxunify.identity.match.fields import fields
from cxunify.identity.match.model import Model, parse, text
from cxunify.identity.match.score import UNIT, score
from cxunify.identity.match.train import train
from cxunify.warehouse import Stage, Warehouse


def model_path(config: Config) -> Path:
    """Where a project keeps its trained model."""
    written = config.identity.model
    return config.root / written if written else config.warehouse_path.with_name("identity_model.json")


def weigh(warehouse: Warehouse, config: Config, *, retrain: bool = False) -> tuple[Model, bool]:
    """The model (trained now, or the last one) and whether it was trained now; builds identity.model and identity.weights.

    A model is trained where there is none, where the one there is compares other fields, and to `retrain`.
    """
    known = fields(config)
    patterns = warehouse.frame("select * from identity.patterns order by pattern")
    path = model_path(config)
    model = parse(path.read_text(encoding="utf-8"), known) if path.exists() and not retrain else None
    is_trained = model is None
    if model is None:
        model = parse(text(train(patterns, known)), known)
        assert model is not None
        beside = path.with_name(
            f"{path.name}.new"
        )  # replaced in one step: a model cut short would be learned anew, unasked
        beside.write_text(text(model), encoding="utf-8")
        beside.replace(path)
    warehouse.write(
        Stage(
            "identity.model",
            "select model::varchar as model from frame",
            (),
            "One row: the model that weights come from.",
        ),
        pl.DataFrame({"model": [text(model)]}),
    )
    apply(warehouse, model)
    return model, is_trained


def apply(warehouse: Warehouse, model: Model) -> None:
    """Build identity.weights: what the model says of each pattern."""
    patterns = warehouse.frame("select * from identity.patterns order by pattern")
    warehouse.write(
        Stage("identity.weights", "select * from frame", ("pattern",), "One row per pattern: what it says."),
        score(patterns, model),
    )


def asked(config: Config) -> float:
    """The log odds that records must exceed to join, in units of weights."""
    return log(config.identity.threshold / (1 - config.identity.threshold)) * UNIT


def join(warehouse: Warehouse, config: Config) -> Ints:
    """The cluster of each record."""
    pairs = warehouse.frame(
        """
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
    )
    sides = warehouse.frame(
        """
select s.node, coalesce(dense_rank() over (order by s.card nulls last) * (s.card is not null)::integer - 1, -1) as card,
    coalesce(list_position(['i', 'jr', 'sr', 'ii', 'iii', 'iv', 'v'], f.suffix), -1) as suffix
from identity.traits as s
join identity.features as f using (node)
order by s.node
"""
    )
    exclusive = [sides[name].to_numpy().astype(np.int64) for name in ("card", "suffix")]
    free = warehouse.frame("select node, source from identity.features where is_duplicate_free order by node")
    for _, part in free.group_by("source", maintain_order=True):
        values = np.full(len(sides), -1, dtype=np.int64)
        values[part["node"].to_numpy()] = part["node"].to_numpy()
        exclusive.append(values)
    return cluster(
        len(sides),
        Pairs(
            pairs["a"].to_numpy().astype(np.int64),
            pairs["b"].to_numpy().astype(np.int64),
            pairs["weight"].to_numpy().astype(np.int64) - round(asked(config)),
            pairs["is_forbidden"].to_numpy(),
            pairs["is_settled"].to_numpy() & ~pairs["is_forbidden"].to_numpy(),
        ),
        exclusive,
        _bound(warehouse),
    )


def _bound(warehouse: Warehouse) -> tuple[Ints, Ints]:
    """Pairs that people decided to be one person: nothing that the data says undoes that."""
    frame = warehouse.frame(
        "select a, b from identity.settled anti join identity.parted using (a, b) where cause = 'decision' order by a, b"
    )
    return frame["a"].to_numpy().astype(np.int64), frame["b"].to_numpy().astype(np.int64)
