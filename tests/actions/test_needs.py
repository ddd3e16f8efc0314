"""Whether live contacts capture needs: shares by hand, the planted need before purchases, and nothing where there is none."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from cxunify.actions import capabilities
from cxunify.actions.improve import needs
from cxunify.warehouse import Warehouse
from tests.actions.house import AS_OF, build, house

Rows = dict[str, list[dict[str, Any]]]
NEEDS = ("delivery", "size", "gift", "repair")


def planted(contacts: int, *, gift: float = 0.35, seed: int = 1) -> Rows:
    """Ann codes nine contacts in ten, Bob every other one; who asks for a gift buys more often within the month."""
    dice, rows = Random(seed), {"profile.moments": [], "staging.interactions": [], "profile.purchase_days": []}
    for number in range(contacts):
        at = AS_OF - timedelta(days=dice.randrange(40, 390))
        agent, need = ("ann", "bob")[number % 2], dice.choice(NEEDS)
        rows["profile.moments"].append(
            {"row_no": number, "customer_no": number, "kind": "contact_in", "channel": "phone", "has_date": True, "occurred_at": at,
             "occurred_date": at.date()}
        )  # fmt: skip
        is_coded = dice.random() < (0.9 if agent == "ann" else 0.5)
        rows["staging.interactions"].append({"row_no": number, "agent": agent, "reason": need if is_coded else None})
        if dice.random() < (gift if need == "gift" else 0.15):
            day = at.date() + timedelta(days=dice.randrange(1, 31))
            rows["profile.purchase_days"].append({"customer_no": number, "day": day, "spend": 5})
    return rows


def told(rows: Rows, *, ready: bool = True, threads: int = 1) -> Warehouse:
    opened = house(rows, ready=["need_capture"] if ready else [], threads=threads)
    return build(opened, (capabilities.gate(), *needs.steps()))


def test_who_captures_what_and_which_need_leads_to_purchases() -> None:
    warehouse = told(planted(3000))
    units = {row["unit"]: row for row in warehouse.dicts("select * from actions.need_capture")}
    assert {*units} == {"phone", "ann", "bob"} and units["phone"]["contacts"] == 3000
    for unit, share in (("ann", 0.9), ("bob", 0.5)):
        assert units[unit]["low"] - 0.01 <= share <= units[unit]["high"] + 0.01 and units[unit]["needs"] == 4
    found = {row["need"]: row for row in warehouse.dicts("select * from actions.need_purchases")}
    assert {*found} == {*NEEDS} and found["gift"]["verdict"] == "more"
    assert found["gift"]["low"] <= 0.2 <= found["gift"]["high"] and found["gift"]["basis"] == "association"
    said = warehouse.scalar('select "check" from actions.found_need_capture')
    assert "captured in 7" in said and "after gift" in said


def test_what_each_customer_needs_is_told_with_whether_it_has_bought_since() -> None:
    rows: Rows = {"profile.moments": [], "staging.interactions": [], "profile.purchase_days": [], "profile.numbers": []}
    said = [
        (1, 90, "size", "phone"),
        (1, 50, "size", "chat"),
        (1, 20, "gift", "phone"),
        (2, 50, None, "phone"),
        (3, 50, "size", "phone"),
    ]
    for number, (who, ago, need, channel) in enumerate(said):
        at = AS_OF - timedelta(days=ago)
        rows["profile.moments"].append(
            {"row_no": number, "customer_no": who, "kind": "contact_in", "channel": channel, "has_date": True, "occurred_at": at,
             "occurred_date": at.date()}
        )  # fmt: skip
        rows["staging.interactions"].append({"row_no": number, "reason": need})
    rows["profile.purchase_days"] = [
        {"customer_no": who, "day": (AS_OF - timedelta(days=ago)).date(), "spend": 1} for who, ago in ((1, 30), (3, 50))
    ]
    rows["profile.numbers"] = [{"customer_no": who, "customer_id": f"c{who}"} for who in (1, 2, 3)]
    found = told(rows).dicts("select * from actions.needs order by customer_id, need")
    assert [(row["customer_id"], row["need"], row["times"], row["last_channel"], row["has_bought_since"]) for row in found] == [
        ("c1", "gift", 1, "phone", False), ("c1", "size", 2, "chat", True), ("c3", "size", 1, "phone", False),
    ]  # fmt: skip
    assert (found[1]["last_at"] - found[1]["first_at"]).days == 40
    assert told(rows, ready=False).scalar("select count(*) from actions.needs") == 0


def test_needs_that_lead_nowhere_are_not_said_to() -> None:
    verdicts = [
        row["verdict"] for seed in range(8)
        for row in told(planted(1500, gift=0.15, seed=seed)).dicts("select * from actions.need_purchases")
    ]  # fmt: skip
    assert len(verdicts) == 32 and verdicts.count("not shown") >= 30


@pytest.mark.parametrize("ready", [True, False])
def test_of_few_contacts_nothing_is_said(ready: bool) -> None:
    warehouse = told(planted(15 if ready else 300), ready=ready)
    for table in ("need_capture", "need_purchases"):
        assert warehouse.scalar(f"select count(*) from actions.{table}") == 0
    assert warehouse.scalar("select status from actions.found_need_capture") == "nothing"


def test_neither_threads_nor_the_order_of_rows_change_a_bit() -> None:
    rows = planted(800)
    one, other = told(rows), told({name: Random(3).sample(of, len(of)) for name, of in rows.items()}, threads=4)
    for name in ("need_capture", "need_purchases"):
        assert one.hash_of(f"actions.{name}") == other.hash_of(f"actions.{name}")
