"""Carts, checkouts and quotes that came to nothing: lost and recovered are exact, beside what would have come anyway."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from cxunify.actions import capabilities
from cxunify.actions.improve import lost
from cxunify.warehouse import Warehouse
from tests.actions.house import TODAY, build, house

Fact = tuple[int, int, str, str, float | None]
"""Customer, days ago, channel, kind, amount."""


def followed(facts: list[Fact], *, ready: bool = True) -> Warehouse:
    rows: dict[str, list[dict[str, Any]]] = {"profile.moments": [], "profile.days": []}
    for place, (who, ago, channel, kind, amount) in enumerate(facts):
        day = TODAY - timedelta(days=ago)
        rows["profile.moments"].append(
            {"row_no": place, "customer_no": who, "channel": channel, "kind": kind, "occurred_date": day, "has_date": True,
             "occurred_at": datetime.combine(day, time(9)), "amount": amount, "rate": 1}
        )  # fmt: skip
    spent: dict[tuple[int, str, int], float] = {}
    for who, ago, channel, kind, amount in facts:
        if kind == "purchase":
            spent[who, channel, ago] = spent.get((who, channel, ago), 0) + (amount or 0)
    rows["profile.days"] = [
        {
            "customer_no": who,
            "channel": channel,
            "day": TODAY - timedelta(days=ago),
            "purchases": 1,
            "purchase_spend": amount,
        }
        for (who, channel, ago), amount in spent.items()
    ]
    return build(house(rows, ready=["lost_sales"] if ready else []), (capabilities.gate(), *lost.steps()))


def rows(warehouse: Warehouse) -> dict[tuple[Any, ...], dict[str, Any]]:
    found = warehouse.dicts("select * from actions.lost_sales")
    return {(row["step"], row["channel"], row["outcome"], row["bought_in"]): row for row in found}


def test_each_day_counts_once_and_by_what_came_of_it() -> None:
    found = rows(
        followed(
            [
                (1, 20, "web", "cart", 10), (1, 20, "web", "checkout", 12), (1, 19, "web", "purchase", 12),
                (2, 20, "web", "cart", 30), (2, 15, "pos", "purchase", 25), (2, 14, "web", "purchase", 99),
                (3, 20, "web", "cart", 40), (3, 12, "pos", "purchase", 25),
                (4, 20, "web", "cart", None), (4, 16, "web", "purchase", 7),
                (5, 30, "web", "quote", 500), (5, 30, "web", "cart", 20), (5, 23, "pos", "purchase", 450),
                (6, 6, "web", "cart", 10),
                (7, 20, "web", "cart", 5), (7, 41, "pos", "purchase", 5),
            ]
        )
    )  # fmt: skip
    assert {key: (row["tries"], row["customers"]) for key, row in found.items()} == {
        ("checkout", "web", "completed", None): (1, 1),
        ("cart", "web", "recovered", "pos"): (1, 1),
        ("cart", "web", "recovered", "web"): (1, 1),
        ("cart", "web", "lost", None): (2, 2),
        ("quote", "web", "recovered", "pos"): (1, 1),
    }
    assert float(found["cart", "web", "recovered", "pos"]["recovered_spend"]) == 25
    assert float(found["quote", "web", "recovered", "pos"]["amount"]) == 500
    assert float(found["cart", "web", "lost", None]["amount"]) == 45
    carts = [row for key, row in found.items() if key[0] == "cart"]
    assert sum(row["share"] for row in carts) == 1
    assert {row["usual_share"] for row in carts} == {0.25}


def test_planted_recovery_is_found_exactly() -> None:
    """Three of ten lost quotes of the web are won in a store within the week; who buys there anyway does so at another pace."""
    dice, facts, planted = Random(5), list[Fact](), 0
    for who in range(400):
        facts.append((who, 40 + who % 60, "web", "quote", 100.0))
        if dice.random() < 0.3:
            planted += 1
            facts.append((who, 40 + who % 60 - dice.randrange(1, 8), "pos", "purchase", 90.0))
        elif dice.random() < 0.5:
            facts.append((who, 40 + who % 60 - dice.randrange(8, 30), "pos", "purchase", 10.0))
    warehouse = followed(facts)
    found = rows(warehouse)
    assert found["quote", "web", "recovered", "pos"]["tries"] == planted
    assert found["quote", "web", "lost", None]["tries"] == 400 - planted
    assert float(found["quote", "web", "recovered", "pos"]["recovered_spend"]) == planted * 90
    (told,) = warehouse.dicts("select * from actions.found_lost_sales")
    assert told["status"] == "ready" and f"{planted / 400:.0%} in another channel" in told["check"]


def test_what_is_refused_or_not_there_says_so() -> None:
    for warehouse in (followed([(1, 20, "web", "cart", 1)], ready=False), followed([(1, 3, "web", "cart", 1)])):
        assert rows(warehouse) == {}
        assert warehouse.scalar("select status from actions.found_lost_sales") == "nothing"
