"""What to do with a customer who comes: one order for all, nothing sold to whom nothing may be, a word for strangers."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest

from cxunify.actions import best
from cxunify.actions.plan import steps as plan
from cxunify.schema.actions import LIFT
from cxunify.schema.opportunities import NEXT_PRODUCTS
from cxunify.schema.table import Table
from cxunify.warehouse import Stage, Warehouse
from tests.actions.house import TODAY, build, config
from tests.actions.test_treatments import BUYER, given_rows, world

WORLDS = range(int(os.environ.get("CXUNIFY_WORLDS", "3")))
READY = (
    "treatment_tracks", "contact_orchestration", "behaviour_triggers", "campaign_optimisation", "campaign_benefit", "best_action",
)  # fmt: skip
OFFERS = {
    "gift": {"channel": "email", "effect": 0.1, "cost": 2},
    "loan": {"channel": "email", "effect": 0.2, "value": 15, "tracks": ["welcome"]},
}


def told(
    people: dict[str, dict[str, Any]],
    *,
    products: list[dict[str, Any]] | None = None,
    due: dict[str, str] | None = None,
    ready: tuple[str, ...] = READY,
    **rules: Any,
) -> Warehouse:
    """A world, and what is best there; `due`: customer -> event."""
    chosen = config(**{"holdout": {"share": 0}, "offers": OFFERS, **rules})
    warehouse = world(chosen, people, ready=ready)
    numbers = {name: number for number, name in enumerate(sorted(people))}
    events = " union all ".join(
        f"select {numbers[name]}::integer as customer_no, '{event}' as event, date '{TODAY}' + 9 as due_date"
        for name, event in (due or {}).items()
    )
    nothing = "select null::integer as customer_no, null::varchar as event, null::date as due_date where false"
    return build(
        warehouse,
        [
            given_rows(LIFT, []),
            *plan.steps(chosen),
            Stage(Table("actions.due", "What is due."), events or nothing),
            given_rows(NEXT_PRODUCTS, products or []),
            *best.steps(),
        ],
    )


def rows(warehouse: Warehouse, where: str = "customer_id is not null") -> list[tuple[Any, ...]]:
    return warehouse.rows(
        "select coalesce(customer_id, segment), rank, action, what, blocked_by from actions.best_actions"
        f" where {where} order by all"
    )


def test_what_was_asked_for_comes_first_then_what_brings_most() -> None:
    people = {
        "a": {**BUYER, "open_complaints": 1, "expected_spend": 500},
        "b": {**BUYER, "expected_spend": 500},
        "c": {**BUYER, "expected_spend": 1},
        "d": {"first_purchase_at": None},
    }
    product = {"customer_id": "c", "basis": "new", "rank": 1, "product": "tea", "because": "kettle"}
    again = {"customer_id": "c", "basis": "again", "rank": 1, "product": "milk", "support": 4}
    warehouse = told(people, products=[again, product], due={"b": "contract_end"})
    assert rows(warehouse) == [
        ("a", 1, "service", "call back", "open complaint"),
        ("b", 1, "offer", "gift", None),
        ("b", 2, "due", "contract_end", None),
        ("b", 3, "track", "news", None),
        ("c", 1, "track", "news", None),
        ("c", 2, "product", "tea", None),
        ("c", 3, "product", "milk", None),
    ]
    of_b = "select what, value::double, reasons from actions.best_actions where customer_id = 'b' order by rank"
    assert warehouse.rows(of_b)[:2] == [
        ("gift", 48.0, "10.0 points more buy, assumed"), ("contract_end", None, "on 2026-03-10"),
    ]  # fmt: skip
    (found,) = warehouse.dicts("select * from actions.found_best_action")
    assert found["customers"] == 3 and "1 complain, and are sold nothing" in found["check"]


def test_who_is_held_out_is_sold_nothing_and_says_so() -> None:
    warehouse = told({"a": {**BUYER, "expected_spend": 500}}, holdout={"share": 1})
    assert rows(warehouse) == [("a", 1, None, None, "held out")]
    assert rows(warehouse, "customer_id is null") == []


def test_what_is_scarce_is_offered_to_whom_it_brings_most() -> None:
    people = {f"c{number:02d}": {**BUYER, "expected_spend": 30 + 10 * number} for number in range(40)}
    offers = {"gift": {"channel": "email", "effect": 0.1, "capacity": 10}}
    warehouse = told(people, offers=offers)
    have = {name for name, _, action, _, _ in rows(warehouse) if action == "offer"}
    planned = {name for (name,) in warehouse.rows("select customer_id from actions.plan")}
    assert len(planned) == 10 and planned - have <= {"c30"} and len(have) <= 11


def test_strangers_are_told_what_is_first_for_most_of_their_segment() -> None:
    active, gone = {**BUYER, "segment": "rest, active"}, {**BUYER, "segment": "rest, gone"}
    people = {f"c{number}": {**active, "expected_spend": 100} for number in range(5)}
    people |= {f"d{number}": {**gone, "expected_spend": 1} for number in range(3)}
    general = rows(told(people), "customer_id is null")
    assert [row for row in general if row[1] == 1] == [
        ("rest, active", 1, "offer", "gift", None), ("rest, gone", 1, "track", "news", None), (None, 1, "offer", "gift", None),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", WORLDS)
def test_nothing_is_ever_sold_to_whom_nothing_may_be_sold(seed: int) -> None:
    dice = Random(seed)
    people = {
        f"c{number:02d}": {**BUYER, "expected_spend": dice.randrange(300), "open_complaints": int(dice.random() < 0.3)}
        for number in range(60)
    }
    products = [
        {"customer_id": name, "basis": "again", "rank": rank, "product": f"thing {rank}", "support": 2}
        for name in people for rank in range(1, dice.randrange(1, 6))
    ]  # fmt: skip
    warehouse = told(people, products=products, holdout={"share": dice.choice([0, 0.3])}, budget=dice.choice([None, 9]))
    held = {name for (name,) in warehouse.rows("select customer_id from actions.assignments where arm = 'held_out'")}
    places: dict[str, list[int]] = {}
    for name, rank, action, _, blocked_by in rows(warehouse):
        places.setdefault(name, []).append(rank)
        blocked = bool(people[name]["open_complaints"]) or name in held
        assert (blocked_by is not None) == blocked
        assert not blocked or action in (None, "service")
    assert all(ranks == list(range(1, len(ranks) + 1)) and len(ranks) <= 3 for ranks in places.values())
    assert set(places) == set(people)


def test_what_readiness_refuses_has_no_rows() -> None:
    warehouse = told({"a": {**BUYER, "expected_spend": 500}}, ready=READY[:-1])
    assert warehouse.scalar("select count(*) from actions.best_actions") == 0
    assert warehouse.scalar("select status from actions.found_best_action") == "nothing"
