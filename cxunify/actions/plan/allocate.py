"""actions.prospects, .offered -> actions.priced, .planned: prices of what is scarce, and who is made which offer at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cxunify.actions.plan.prices import Prices, priced
from cxunify.actions.plan.problem import Floats, Problem
from cxunify.actions.plan.repair import chosen

PRICED = {"kind": pl.String, "name": pl.String, "limit_": pl.Float64, "price": pl.Float64, "bound": pl.Float64}
PLANNED = {"customer_no": pl.Int64, "offer_no": pl.Int32, "place": pl.Int32}
Limits = dict[str, Any]
"""budget, per_plan, and by channel its capacity; None: there is no limit."""


@dataclass(frozen=True)
class Resource:
    """Something of which there is only so much."""

    kind: str
    """budget, channel or offer."""
    name: str
    limit: float
    uses: Floats
    """What each offer takes of it."""


def resources(offers: pl.DataFrame, limits: Limits) -> list[Resource]:
    """What is scarce: the budget, channels with a capacity, offers with one."""
    ones = np.ones(len(offers))
    found = []
    if limits["budget"] is not None:
        found.append(Resource("budget", "budget", float(limits["budget"]), offers["cost"].to_numpy()))
    for name, capacity in limits["capacities"].items():
        if capacity is not None:
            found.append(Resource("channel", name, float(capacity), ones * (offers["channel"] == name).to_numpy()))
    for name, capacity in offers.select("offer", "capacity").iter_rows():
        if capacity is not None:
            found.append(Resource("offer", name, float(capacity), ones * (offers["offer"] == name).to_numpy()))
    return found


def prices(prospects: pl.DataFrame, offers: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """One row per resource with the price of one more, and one for the plan with the bound. Both frames in the order of numbers."""
    scarce = resources(offers, limits)
    found = priced(_problem(prospects, offers, scarce, limits)[0])
    rows = [
        {"kind": of.kind, "name": of.name, "limit_": of.limit, "price": round(float(price), 6)}
        for of, price in zip(scarce, found.of_resources, strict=True)
    ]
    return pl.DataFrame([*rows, {"kind": "plan", "name": "plan", "bound": found.bound}], schema=PRICED)


def planned(prospects: pl.DataFrame, offers: pl.DataFrame, priced: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """One row per customer and offer that it is made; `place`: in the order of what is lost where it is not."""
    problem, customers = _problem(prospects, offers, resources(offers, limits), limits)
    told = Prices(priced.filter(pl.col("kind") != "plan")["price"].to_numpy(), 0.0)
    which, who = np.nonzero(chosen(problem, told))
    order = np.lexsort((which, who, -(problem.value[which, who] - told.of_offers(problem)[which])))
    return pl.DataFrame(
        {
            "customer_no": customers[who[order]],
            "offer_no": offers["offer_no"].to_numpy()[which[order]],
            "place": np.arange(1, len(order) + 1),
        },
        schema=PLANNED,
    )


def _problem(
    prospects: pl.DataFrame, offers: pl.DataFrame, scarce: list[Resource], limits: Limits
) -> tuple[Problem, np.ndarray[Any, Any]]:
    """The problem, and the numbers of its customers."""
    channels = sorted(set(offers["channel"]))
    way = np.array([channels.index(name) for name in offers["channel"]], dtype=np.int64)
    customers, who = np.unique(prospects["customer_no"].to_numpy(), return_inverse=True)
    which = np.searchsorted(offers["offer_no"].to_numpy(), prospects["offer_no"].to_numpy())
    value = np.full((len(offers), len(customers)), -np.inf)
    value[which, who] = prospects["gain"].to_numpy()
    way_room = np.zeros((len(channels), len(customers)), dtype=np.int64)
    way_room[way[which], who] = prospects["way_room"].to_numpy()
    room = np.zeros(len(customers), dtype=np.int64)
    room[who] = np.minimum(prospects["room"].to_numpy(), limits["per_plan"])
    uses = np.array([of.uses for of in scarce]).reshape(len(scarce), len(offers))
    return Problem(value, room, way, way_room, uses, np.array([of.limit for of in scarce])), customers
