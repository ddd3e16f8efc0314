"""Days with a purchase, of customers who buy and leave as the model has it, and a warehouse with what is forecast."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import polars as pl

from cxunify.actions import capabilities
from cxunify.actions.purchases import steps
from cxunify.schema.profile import PURCHASE_DAYS
from cxunify.warehouse import Warehouse
from tests.actions.house import TODAY, build, config, house

OPEN = ("purchase_anticipation", "lifetime_value", "segmentation")
"""The capabilities that look at purchases."""

_SHAPE = {"customer_no": pl.Int32, "day": pl.Date, "spend": pl.Decimal(18, 2)}


def days_of(rows: Iterable[tuple[int, date, float | None]]) -> pl.DataFrame:
    """Rows of profile.purchase_days."""
    assert [column.name for column in PURCHASE_DAYS.columns] == list(_SHAPE)
    numbers, days, spend = zip(*rows, strict=True)
    return pl.DataFrame({"customer_no": numbers, "day": days, "spend": spend}, schema_overrides={"day": pl.Date}).cast(
        _SHAPE
    )


def shop(customers: int, *, days: int = 730, pace: float = 60, until: date = TODAY, seed: int = 3) -> pl.DataFrame:
    """Customers who come all through the time but for its end, buy about every `pace` days and may leave each time."""
    draw = np.random.default_rng(seed)
    rows: dict[tuple[int, date], float] = {}
    for number in range(1, customers + 1):
        rate, leaving, usual = draw.gamma(0.9) / pace, draw.beta(0.8, 2.4), draw.gamma(4) * 12 + 5
        at = draw.uniform(0, days * 0.95)
        while at < days:
            rows[number, until - timedelta(int(days - at))] = round(float(usual * draw.gamma(6) / 6) + 0.01, 2)
            if draw.random() < leaving:
                break
            at += draw.exponential(1 / rate)
    return days_of((number, day, spend) for (number, day), spend in rows.items())


def bought(
    days: pl.DataFrame,
    today: date = TODAY,
    *,
    opened: Iterable[str] = OPEN,
    threads: int = 1,
    others: int = 3,
    margin: float = 1.0,
) -> Warehouse:
    """A warehouse of these days, in which every step that looks at purchases has run; `others` never bought anything."""
    warehouse = house({}, ready=opened, threads=threads)
    customers = sorted({*days["customer_no"].unique(), *range(1_000_001, 1_000_001 + others)})
    names = [f"c{number:07d}" for number in customers]
    first = days.group_by("customer_no").agg(pl.col("day").min().cast(pl.Datetime).alias("first_at"))
    warehouse.append("profile.purchase_days", days.cast(_SHAPE))
    warehouse.append("profile.numbers", pl.DataFrame({"customer_id": names, "customer_no": customers}))
    warehouse.append("profile.behaviour", first.with_columns(store_purchases=pl.lit(1), web_purchases=pl.lit(0)))
    return build(warehouse, (capabilities.gate(), *steps.steps(config())), today=today, margin=margin)
