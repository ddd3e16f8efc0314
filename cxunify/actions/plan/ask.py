"""A warehouse with prospects, and limits -> the plan for a terminal: as it stands, or under other limits; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from cxunify.actions.plan import allocate
from cxunify.actions.plan.steps import INPUTS, PLANNED, PRICED, limits
from cxunify.config import Config
from cxunify.errors import LookupFailed, nearest
from cxunify.warehouse import Warehouse

NOTHING_YET = LookupFailed("nothing has been planned yet", "Run `cxunify plan` without --budget and --capacity first.")


@dataclass(frozen=True)
class Made:
    """What becomes of one offer."""

    offer: str
    channel: str
    effect: float | None
    effect_basis: str
    offers: int
    """How often it is made."""
    cost: float
    value: float
    reason: str | None
    """Why it is not made."""


@dataclass(frozen=True)
class Scarce:
    """One budget or capacity."""

    resource: str
    limit: float
    used: float
    price: float


@dataclass(frozen=True)
class Plan:
    """A plan in short."""

    is_trial: bool
    """Under other limits than those of the configuration."""
    currency: str
    is_profit: bool
    """Whether its values are margin; otherwise revenue."""
    customers: int
    measured: float
    """What is expected by measured effects, after costs."""
    assumed: float
    bound: float
    offers: tuple[Made, ...]
    resources: tuple[Scarce, ...]

    @property
    def value(self) -> float:
        """What all of it is expected to bring."""
        return self.measured + self.assumed

    @property
    def gap(self) -> float:
        """What it misses at most, as a share of what no plan exceeds."""
        return max(1 - self.value / self.bound, 0.0) if self.bound > 0 else 0.0


def asked(
    warehouse: Warehouse, config: Config, today: date, budget: float | None, capacities: Mapping[str, int]
) -> tuple[Plan, pl.DataFrame]:
    """The plan in short, and its rows; `budget` and `capacities` in place of those of the configuration. Raises LookupFailed."""
    for name in capacities:
        if name not in config.actions.channels:
            near = nearest(name, config.actions.channels)
            meant = f"Did you mean {near}? " if near else ""
            known = ", ".join(sorted(config.actions.channels))
            raise LookupFailed(f"there is no channel {name}", f"{meant}The channels of contacts are: {known}.")
    if not warehouse.exists("actions.prospects"):
        raise NOTHING_YET
    rules = limits(config)
    if budget is not None:
        rules["budget"] = budget
    rules["capacities"] = {**rules["capacities"], **capacities}
    prospects, offers = (warehouse.frame(INPUTS[name]) for name in ("prospects", "offers"))
    is_trial = budget is not None or bool(capacities)
    if is_trial:
        priced = allocate.prices(prospects, offers, rules)
        planned = allocate.planned(prospects, offers, priced, rules)
    else:
        priced, planned = (warehouse.frame(f"select * from {table.name}") for table in (PRICED, PLANNED))
    rows = (
        planned.join(prospects.select("customer_no", "offer_no", "gain"), on=["customer_no", "offer_no"])
        .join(offers, on="offer_no")
        .join(warehouse.frame("select customer_no, customer_id from profile.numbers"), on="customer_no")
        .sort("place")
    )
    told = rows.select(
        "customer_id", "offer", "channel", "effect", pl.col("basis").alias("effect_basis"),
        pl.col("cost").round(2), pl.col("gain").round(2).alias("value"), pl.col("place").alias("rank"),
        (pl.lit(today) + pl.duration(days="days")).alias("valid_until_date"),
    )  # fmt: skip
    each = {row["offer"]: row for row in rows.group_by("offer").agg(pl.len(), pl.col("cost", "gain").sum()).to_dicts()}
    made = tuple(
        Made(
            of["offer"], of["channel"], of["effect"], of["basis"], each.get(of["offer"], {}).get("len", 0),
            round(each.get(of["offer"], {}).get("cost", 0.0), 2), round(each.get(of["offer"], {}).get("gain", 0.0), 2),
            of["reason"],
        )
        for of in offers.to_dicts()
    )  # fmt: skip
    by = {basis: round(float(rows.filter(basis=basis)["gain"].sum()), 2) for basis in ("measured", "assumed")}
    price = {(row["kind"], row["name"]): row["price"] for row in priced.to_dicts()}
    return Plan(
        is_trial,
        config.currency,
        config.actions.margin is not None,
        rows["customer_no"].n_unique(),
        by["measured"],
        by["assumed"],
        float(priced.filter(kind="plan")["bound"].item()),
        made,
        tuple(
            Scarce(
                "budget" if of.kind == "budget" else f"{of.kind} {of.name}",
                of.limit,
                _used(of, rows),
                price[of.kind, of.name],
            )
            for of in allocate.resources(offers, rules)
        ),
    ), told


def _used(resource: allocate.Resource, rows: pl.DataFrame) -> float:
    """How much of a resource the rows of a plan use."""
    if resource.kind == "budget":
        return round(float(rows["cost"].sum()), 2)
    return float(rows.filter(pl.col(resource.kind) == resource.name).height)
