"""What is due in a customer's life: contracts that end or have their day, second purchases; and by which channel to say so."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from cxunify.actions import capabilities, contact, holdout, lifecycle
from cxunify.warehouse import Warehouse
from tests.actions.house import TODAY, build, config, house

Days = list[int]


def due(
    contracts: list[tuple[str, int]] = [],  # noqa: B006
    purchases: dict[int, Days] | None = None,
    *,
    ready: tuple[str, ...] = ("lifecycle_events", "contact_orchestration"),
) -> Warehouse:
    """One customer's contracts (kind, days ago), and days with a purchase of others, by customer."""
    bought = {1: [], **(purchases or {})}
    rows: dict[str, list[dict[str, Any]]] = {
        "profile.numbers": [{"customer_no": who, "customer_id": f"c{who}"} for who in bought],
        "profile.moments": [
            {"row_no": place, "customer_no": 1, "kind": kind, "has_date": True, "occurred_date": TODAY - timedelta(days=ago),
             "occurred_at": datetime.combine(TODAY - timedelta(days=ago), time(9))}
            for place, (kind, ago) in enumerate(contracts)
        ],
        "profile.purchase_days": [
            {"customer_no": who, "day": TODAY - timedelta(days=ago), "spend": 10} for who, days in bought.items() for ago in days
        ],
        "identity.identifiers": [
            {"customer_id": f"c{who}", "type": "email", "value": f"{who}@example.org", "status": "valid"} for who in bought
        ],
        "profile.consent": [
            {"customer_no": who, "customer_id": f"c{who}", "channel": "email", "is_allowed": who != 2} for who in bought
        ],
    }  # fmt: skip
    chosen = config(holdout={"share": 0})
    steps = (capabilities.gate(), *holdout.steps(chosen), *contact.steps(chosen), *lifecycle.steps())
    return build(house(rows, ready=ready), steps)


@pytest.mark.parametrize(
    ("contracts", "events"),
    [
        ([("contract_start", 345)], [("contract_anniversary", 20)]),
        ([("contract_start", 365)], [("contract_anniversary", 0)]),
        ([("contract_start", 0)], []),
        ([("contract_start", 200)], []),
        ([("contract_start", 2 * 365 - 30), ("contract_end", 100)], []),
        ([("contract_start", 900), ("contract_end", 500), ("contract_start", 340)], [("contract_anniversary", 25)]),
        ([("contract_start", 100), ("contract_end", -30)], [("contract_end", 30)]),
        ([("contract_start", 100), ("contract_end", -61)], []),
        ([("contract_end", -30)], []),
    ],
)
def test_contracts_are_due_when_they_end_and_on_their_day(
    contracts: list[tuple[str, int]], events: list[tuple[str, int]]
) -> None:
    rows = due(contracts).dicts("select * from actions.lifecycle_due")
    assert [(row["event"], row["days"]) for row in rows] == events
    assert all(row["due_date"] == TODAY + timedelta(days=row["days"]) for row in rows)
    assert all((row["channels"], row["blocked_by"]) == ("email", None) for row in rows)


def test_a_second_purchase_is_due_when_half_of_those_who_came_back_had() -> None:
    came_back = {who: [400, 400 - gap] for who, gap in enumerate((20, 30, 50, 60, 90), 10)}
    warehouse = due(purchases={**came_back, 2: [10], 3: [45], 4: [60]})
    rows = {row["customer_id"]: row for row in warehouse.dicts("select * from actions.lifecycle_due")}
    assert {name: (row["event"], row["days"]) for name, row in rows.items()} == {
        "c2": ("second_purchase", 40), "c3": ("second_purchase", 5),
    }  # fmt: skip
    assert rows["c3"]["channels"] == "email"
    assert (rows["c2"]["channels"], rows["c2"]["blocked_by"]) == (
        None,
        "email: no consent; phone: never asked; sms: never asked",
    )


def test_whether_it_helps_to_know_is_said_of_a_quarter_ago() -> None:
    """Whose second purchase was due then came; who had bought long before did not."""
    usual = {who: [800, 750] for who in range(1000, 1100)}
    fresh = {who: [140, 100 - who % 90] for who in range(100, 200)}
    old = {who: [700] for who in range(200, 400)}
    now = {500: [20]}
    (found,) = due(purchases={**usual, **fresh, **old, **now}).dicts("select * from actions.found_lifecycle_events")
    assert found["status"] == "ready" and found["checked_on"] == TODAY - timedelta(days=91)
    assert "1 second purchase is due; of those due a quarter ago" in found["check"]
    fewer = {who: [140] for who in range(100, 200)}
    late = {who: [700, 50] if who < 260 else [700] for who in range(200, 400)}
    (found,) = due(purchases={**usual, **fewer, **late, **now}).dicts("select * from actions.found_lifecycle_events")
    assert found["status"] == "weak" and "no more often than others" in found["reason"]


def test_what_is_refused_says_so() -> None:
    bought = {**{who: [400, 350] for who in range(10, 20)}, 3: [45]}
    assert due([("contract_start", 345)], bought, ready=()).scalar("select count(*) from actions.lifecycle_due") == 0
    rows = due(purchases=bought, ready=("lifecycle_events",)).dicts("select * from actions.lifecycle_due")
    assert [(row["channels"], row["blocked_by"]) for row in rows] == [(None, "contact limits are refused")]
