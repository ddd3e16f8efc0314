"""What sales are made of: planted changes come out as the factor that was changed, and everything adds up to the cent."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl
import pytest

from cxunify.actions import capabilities
from cxunify.actions.improve import drivers
from cxunify.warehouse import Warehouse
from tests.actions.house import TODAY, build, house

Rows = list[dict[str, Any]]


def bought(
    rows: Rows,
    who: int | None,
    day: date,
    amount: float,
    *,
    place: str = "S1",
    pieces: float | None = 2,
    source: str = "tills",
) -> None:
    rows.append(
        {"row_no": len(rows), "customer_no": who, "channel": "pos", "source": source, "location": place, "occurred_date": day,
         "has_date": True, "occurred_at": datetime.combine(day, time(9)),
         "trade": "purchase" if amount >= 0 else "return", "revenue": amount,
         "quantity": pieces}
    )  # fmt: skip


def two_years(customers: int = 40, times: int = 2, spend: float = 10.0, pieces: float = 2) -> Rows:
    """Forty customers who buy twice a month; in February 2026 as many, as often and for as much as is said."""
    rows: Rows = []
    for month in range(26):
        first = date(2024 + month // 12, month % 12 + 1, 1)
        now = first == date(2026, 2, 1)
        for who in range(customers if now else 40):
            for at in range(times if now else 2):
                bought(rows, who, first.replace(day=3 + at), spend if now else 10.0, pieces=pieces if now else 2)
    return rows


def told(rows: Rows, *, ready: bool = True, threads: int = 1) -> Warehouse:
    opened = house({"profile.moments": rows}, ready=["drivers"] if ready else [], threads=threads)
    return build(opened, (capabilities.gate(), *drivers.steps()))


def last(warehouse: Warehouse, unit: str = "all") -> dict[str, Any]:
    rows = warehouse.dicts(f"select * from actions.drivers where unit = '{unit}' order by month_date")
    return rows[-1]


@pytest.mark.parametrize(
    ("changed", "by", "change"),
    [
        ({"customers": 60}, "by_customers", 400),
        ({"times": 3}, "by_frequency", 400),
        ({"spend": 12.5}, "by_basket", 200),
        ({}, "by_customers", 0),
    ],
)
def test_the_factor_that_was_changed_is_told(changed: dict[str, Any], by: str, change: int) -> None:
    row = last(told(two_years(**changed)))
    assert row["month_date"] == date(2026, 2, 1)
    assert {name: float(row[name]) for name in ("by_customers", "by_frequency", "by_basket", "by_unknown")} == {
        "by_customers": 0, "by_frequency": 0, "by_basket": 0, "by_unknown": 0, by: change,
    }  # fmt: skip


def test_the_average_purchase_is_pieces_and_price() -> None:
    row = last(told(two_years(spend=20.0, pieces=4)))
    assert [float(row[name]) for name in ("average", "average_before", "average_by_pieces", "average_by_price")] == [
        20, 10, 10, 0,
    ]  # fmt: skip


def test_everything_adds_up_to_the_cent_whatever_was_sold() -> None:
    dice, rows = Random(8), Rows()
    for _ in range(9_000):
        day = date.fromordinal(TODAY.toordinal() - dice.randrange(800))
        who = dice.choice([None, *range(60)])
        amount = round(dice.lognormvariate(3, 1), 2) * dice.choice([1, 1, 1, 1, -1])
        pieces = None if dice.random() < 0.001 else dice.randrange(1, 5)
        bought(rows, who, day, amount, place=dice.choice("ABC"), pieces=pieces)
    warehouse = told(rows)
    found = warehouse.frame("select * from actions.drivers")
    assert found.height == 12 * 5 and {*found["unit_kind"]} == {"all", "channel", "location"}
    parts = found["by_customers"] + found["by_frequency"] + found["by_basket"] + found["by_unknown"]
    assert (parts == found["change"]).all() and (found["sales"] - found["sales_before"] == found["change"]).all()
    priced = found.filter(pl.col("average_by_price").is_not_null())
    assert priced.height > 10
    assert (
        priced["average_by_pieces"] + priced["average_by_price"] == priced["average"] - priced["average_before"]
    ).all()
    places = found.filter(unit_kind="location").group_by("month_date").agg(pl.col("change").sum()).sort("month_date")
    assert places["change"].to_list() == found.filter(unit_kind="all").sort("month_date")["change"].to_list()
    (said,) = warehouse.dicts("select * from actions.found_drivers")
    assert "an account, no cause" in said["check"]


def test_a_place_that_closed_went_with_its_customers_and_sales_of_nobody_stand_apart() -> None:
    rows = two_years()
    for month in range(1, 13):
        bought(rows, 7, date(2025, month, 9), 100.0, place="S9")
    bought(rows, None, date(2026, 1, 9), 33.0)
    warehouse = told(rows)
    closed = last(warehouse, "S9")
    assert (closed["month_date"], closed["sales"], closed["by_customers"]) == (date(2026, 2, 1), 0, Decimal(-100))
    (row,) = warehouse.dicts("select * from actions.drivers where unit = 'all' and month_date = date '2026-01-01'")
    assert row["by_unknown"] == 33 and row["average"] is not None


@pytest.mark.parametrize(("months", "said"), [(range(14, 26), "begins 2025-03-01"), (range(20), "ends 2025-08")])
def test_a_source_that_begins_later_or_has_ended_is_no_growth_and_no_loss(months: range, said: str) -> None:
    rows = two_years()
    whole = last(told(rows))
    for month in months:
        for who in range(30):
            day = date(2024 + month // 12, month % 12 + 1, 2)
            bought(rows, 100 + who, day, 50.0, place="S2", source="shop")
    warehouse = told(rows)
    row = last(warehouse)
    assert row["left_out"] == 1500
    assert {**row, "left_out": None} == {**whole, "left_out": None}
    assert last(warehouse, "S2")["change"] == 0
    # Where it tells of both years, it is compared.
    compared = warehouse.dicts("select * from actions.drivers where unit = 'S2' and sales > 0")
    assert [(row["sales"], row["sales_before"], row["left_out"]) for row in compared] == [(1500, 1500, 0)] * (
        0 if months.start else 6
    )
    (found,) = warehouse.dicts("select * from actions.found_drivers")
    assert f"shop {said}" in found["check"] and "tills" not in found["check"]


def test_a_source_that_sells_seldom_begins_with_whatever_it_tells_of() -> None:
    rows = two_years()
    for month in (12, 24):
        bought(rows, 7, date(2024 + month // 12, 1, 20), 80.0, place="S2", source="shop")
    late = told(rows).scalar(
        "select left_out from actions.drivers where unit = 'all' and month_date = date '2026-01-01'"
    )
    rows.append(
        {
            **rows[0],
            "row_no": len(rows),
            "source": "shop",
            "trade": None,
            "revenue": None,
            "occurred_date": date(2025, 1, 1),
        }
    )
    whole = told(rows).scalar(
        "select left_out from actions.drivers where unit = 'all' and month_date = date '2026-01-01'"
    )
    assert (late, whole) == (160, 0)


def test_a_month_that_is_not_over_and_a_year_that_is_not_there_are_not_told() -> None:
    rows = two_years()
    bought(rows, 1, TODAY, 999.0)
    assert last(told(rows))["month_date"] == date(2026, 2, 1)
    short = told([row for row in rows if row["occurred_date"] > date(2025, 2, 3)])
    assert short.dicts("select * from actions.drivers") == []
    for warehouse in (short, told(rows, ready=False)):
        assert warehouse.scalar("select status from actions.found_drivers") == "nothing"


def test_neither_threads_nor_the_order_of_rows_change_a_bit() -> None:
    rows = two_years(spend=13.37)
    one, other = told(rows), told(Random(3).sample(rows, len(rows)), threads=4)
    assert one.hash_of("actions.drivers") == other.hash_of("actions.drivers")
