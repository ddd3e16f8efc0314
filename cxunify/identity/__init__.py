"""staging.records, staging.traces -> identity.*: who is who, with the evidence for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxunify.config import Config
from cxunify.warehouse import Warehouse

if TYPE_CHECKING:  # the steps are imported when they run
    from cxunify.identity.outcome.health import Health

__all__ = ["Resolution", "resolve"]


@dataclass(frozen=True)
class Resolution:
    """What `resolve` found."""

    records: int
    customers: int
    largest: int
    compared: int
    """Pairs that the model was trained on."""
    is_trained: bool
    """In this run; otherwise the model of an earlier one was used."""
    health: Health
    """What can be told of the customers without labels."""


def decisions(config: Config) -> list[tuple[str, ...]]:
    """The decisions of people that bind identity; see `cxunify.identity.match.decide`."""
    from cxunify.identity.match.decide import decisions as read

    return read(config)


def model_digest(config: Config) -> str:
    """What tells one trained model from another; empty where there is none yet."""
    from cxunify.identity.match.judge import model_path

    path = model_path(config)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def resolve(warehouse: Warehouse, config: Config, run_id: str, *, retrain: bool = False) -> Resolution:
    """Records to customers: one stage after the other, each a module of this package.

    The model of an earlier run is used again, unless it is to `retrain`.
    """
    from cxunify.identity.evidence import block, contact, hygiene, lists, normalise
    from cxunify.identity.match import compare, decide, judge
    from cxunify.identity.outcome import health, household, registry, stitch

    params = {"region": config.region}
    for part in (lists, normalise, contact, hygiene, block, compare):
        warehouse.build(part.stages(config), params)
    decide.decide(warehouse, config)
    model, is_trained = judge.weigh(warehouse, config, retrain=retrain)
    label = judge.join(warehouse, config)
    registry.persist(warehouse, label, run_id)
    warehouse.build(registry.assignments())
    stitch.stitch(warehouse, config)
    household.households(warehouse, config)
    warehouse.build(registry.identifiers())
    records, customers, largest = warehouse.rows(
        "select count(*), count(distinct customer_id), coalesce(max(n), 0) from"
        " (select customer_id, count(*) over (partition by customer_id) as n from identity.assignments)"
    )[0]
    return Resolution(records, customers, largest, model.pairs, is_trained, health.examine(warehouse, config))
