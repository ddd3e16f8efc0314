"""profile.moments -> actions.drivers: what a change in sales, and in the average purchase, is made of; it adds up to the cent.

A month is held against the same month a year before, so that the season is in both. A product changes by the sum of its factors'
logarithmic changes, each weighed with the logarithmic mean of the two months (Montgomery 1937; Ang 2004): nothing is left over.
A source whose history begins later, or has ended, looks like growth or loss: what only one of the two months can have is left out.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import polars as pl

from cxunify.actions.capabilities import Finding, findings
from cxunify.actions.stages import of_layer, private
from cxunify.schema.improvement import DRIVERS
from cxunify.schema.table import Table
from cxunify.warehouse import Loop, Step
from cxunify.warehouse.frames import types

CAPABILITY = "drivers"
FOUND = Table(f"actions.found_{CAPABILITY}", "One row: what came of drivers.", ("capability",))
LEAST_PURCHASES = 30
"""In each of the two months, or the average purchase is that of a few."""
_SELLERS = Table("actions.sellers", "One row per source of sales: the months of which it tells.", ("source",))
_SOLD = Table("actions.sold", "One row per unit and month: sales, customers, purchases, pieces.")
_CENT = Decimal("0.01")


def steps() -> tuple[Step, ...]:
    """The steps."""
    return (
        private(_SELLERS),
        private(_SOLD),
        Loop(of_layer(DRIVERS), compared, {"sold": f"select * from {_SOLD.name} order by unit_kind, unit, month_date"}),
        Loop(
            FOUND,
            found,
            {
                "drivers": f"select * from actions.{DRIVERS.name}",
                "sellers": f"select * from {_SELLERS.name} order by source",
            },
        ),
    )


def compared(sold: pl.DataFrame) -> pl.DataFrame:
    """One row per unit and month with sales in it or in the same month a year before."""
    if sold.is_empty():
        return pl.DataFrame(schema=types(DRIVERS))
    rows = []
    first = sold["month_date"].min()
    months = sold.with_columns(month_date=pl.col("month_date").dt.offset_by("1y"))
    both = sold.join(months, on=["unit_kind", "unit", "month_date"], how="full", coalesce=True, suffix="_before")
    # A month before which there is no year is compared with nothing, and one that is yet to come has no sales.
    told = both.filter(
        pl.col("month_date").dt.offset_by("-1y") >= first, pl.col("month_date") <= sold["month_date"].max()
    ).sort("unit_kind", "unit", "month_date")
    for row in told.to_dicts():
        now, before = _side(row, ""), _side(row, "_before")
        parts = _parts(now, before)
        rows.append(
            {
                "unit_kind": row["unit_kind"], "unit": row["unit"], "month_date": row["month_date"],
                "sales": now["sales"], "sales_before": before["sales"], "change": now["sales"] - before["sales"], **parts,
                **_average(now, before), "basis": "account", "left_out": now["left_out"] + before["left_out"],
            }
        )  # fmt: skip
    return pl.DataFrame(rows, schema=types(DRIVERS))


def _side(row: dict[str, Any], end: str) -> dict[str, Any]:
    """What was sold in one of the two months."""
    names = ("sales", "unknown_sales", "customers", "purchases", "all_purchases", "pieces", "without_pieces")
    return {name: row[f"{name}{end}"] or 0 for name in names} | {
        name: Decimal(row[f"{name}{end}"] or 0).quantize(_CENT) for name in ("sales", "unknown_sales", "left_out")
    }


def _parts(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Decimal]:
    """By how much each factor changed sales; what rounding leaves is the basket's."""
    known = [side["sales"] - side["unknown_sales"] for side in (now, before)]
    change = known[0] - known[1]
    unknown = now["unknown_sales"] - before["unknown_sales"]
    if min(known) <= 0 or not all(side["customers"] and side["purchases"] for side in (now, before)):
        # What was not there, or is no more, came with its customers.
        return {"by_customers": change, "by_frequency": Decimal(0), "by_basket": Decimal(0), "by_unknown": unknown}
    weight = _mean(float(known[0]), float(known[1]))
    customers = math.log(now["customers"] / before["customers"])
    frequency = math.log(now["purchases"] / before["purchases"]) - customers
    parts = [Decimal(repr(weight * part)).quantize(_CENT) for part in (customers, frequency)]
    return {
        "by_customers": parts[0], "by_frequency": parts[1], "by_basket": change - sum(parts), "by_unknown": unknown,
    }  # fmt: skip


def _average(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The average purchase of everybody, and what its change is made of: pieces, and what one costs."""
    if min(now["all_purchases"], before["all_purchases"]) < LEAST_PURCHASES or min(now["sales"], before["sales"]) <= 0:
        return {}
    averages = [(side["sales"] / side["all_purchases"]).quantize(_CENT) for side in (now, before)]
    said: dict[str, Any] = {"average": averages[0], "average_before": averages[1]}
    if now["without_pieces"] or before["without_pieces"] or min(averages) <= 0:
        return said
    pieces = [side["pieces"] / side["all_purchases"] for side in (now, before)]
    weight = _mean(float(averages[0]), float(averages[1]))
    by_pieces = Decimal(repr(weight * math.log(pieces[0] / pieces[1]))).quantize(_CENT)
    return said | {"average_by_pieces": by_pieces, "average_by_price": averages[0] - averages[1] - by_pieces}


def _mean(one: float, other: float) -> float:
    """The logarithmic mean."""
    return one if one == other else (one - other) / math.log(one / other)


def found(drivers: pl.DataFrame, sellers: pl.DataFrame) -> pl.DataFrame:
    """What came of it, in words: what the last whole year's change in sales is made of."""
    whole = drivers.filter(unit_kind="all").sort("month_date").tail(12)
    if whole.is_empty():
        reason = "no month has the same month of the year before to be held against"
        return findings(Finding(CAPABILITY, 0, status="nothing", reason=reason))
    names = {
        "by_customers": "customers",
        "by_frequency": "how often they buy",
        "by_basket": "what they spend",
        "by_unknown": "nobody known",
    }
    parts = {said: whole[name].sum() for name, said in names.items()}
    told = ", ".join(f"{value:+,.0f} by {said}" for said, value in parts.items() if value)
    since, change = whole["month_date"].to_list()[0], whole["change"].sum()
    said = f"sales since {since} are {change:+,.0f} against the year before: {told or 'nothing changed'}; an account, no cause"
    if left_out := whole["left_out"].sum():
        said += f"; left out are {left_out:,.0f} of which one of the two years is not told: {_told(sellers, whole)}"
    return findings(Finding(CAPABILITY, 0, said))


def _told(sellers: pl.DataFrame, whole: pl.DataFrame) -> str:
    """The sources that begin after the first month that is compared, or end before the last."""
    first, last = whole["month_date"].dt.offset_by("-1y").min(), whole["month_date"].max()
    late = [f"{row['source']} begins {row['first_month']}" for row in sellers.to_dicts() if row["first_month"] > first]
    ended = [
        f"{row['source']} ends {row['last_month']:%Y-%m}" for row in sellers.to_dicts() if row["last_month"] < last
    ]
    return ", ".join([*late, *ended])
