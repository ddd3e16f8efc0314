"""What precedes purchases: the planted trigger is found, what happens all the time is not, and each customer is its own control."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from cxunify.actions import capabilities
from cxunify.actions.improve import won
from cxunify.warehouse import Warehouse
from tests.actions.house import TODAY, build, house

Rows = dict[str, list[dict[str, Any]]]


def planted(customers: int, *, seed: int = 1) -> Rows:
    """Quotes come before purchases; visits come all the time, more of some customers than of others; so do nine other kinds."""
    dice, rows = Random(seed), {"profile.moments": [], "profile.purchase_days": []}
    for who in range(customers):
        bought = dice.randrange(1, 300)
        rows["profile.purchase_days"].append({"customer_no": who, "day": TODAY - timedelta(days=bought), "spend": 9})
        keen = dice.random()

        def add(kind: str, ago: int, who: int = who) -> None:
            day = TODAY - timedelta(days=ago)
            rows["profile.moments"].append(
                {"row_no": len(rows["profile.moments"]), "customer_no": who, "kind": kind, "channel": "web", "occurred_date": day,
                 "has_date": True, "occurred_at": datetime.combine(day, time(9))}
            )  # fmt: skip

        for ago in range(bought + 1, bought + 36):
            if dice.random() < keen / 7:
                add("visit", ago)
            for kind in (
                "login",
                "search",
                "page_view",
                "survey",
                "response",
                "contact_in",
                "product_view",
                "contact_out",
                "optin",
            ):
                if dice.random() < 0.02:
                    add(kind, ago)
            if dice.random() < (0.06 if ago <= bought + 7 else 0.01):
                add("quote", ago)
    return rows


def told(rows: Rows, *, ready: bool = True, threads: int = 1) -> Warehouse:
    opened = house(rows, ready=["won_triggers"] if ready else [], threads=threads)
    return build(opened, (capabilities.gate(), *won.steps()))


def test_the_planted_trigger_is_found_and_nothing_else() -> None:
    warehouse = told(planted(900))
    found = {row["kind"]: row for row in warehouse.dicts("select * from actions.won_triggers")}
    assert len(found) == 11
    assert {name for name, row in found.items() if row["verdict"] != "not shown"} == {"quote"}
    quote, share, usual = found["quote"], 1 - 0.94**7, 1 - 0.99**7
    true = share * (1 - usual) / (usual * (1 - share))
    assert quote["low"] <= true <= quote["high"] and quote["basis"] == "association"
    assert (
        quote["customers"] == 900 and quote["before"] - quote["earlier"] == quote["only_before"] - quote["only_earlier"]
    )
    assert "quote (web)" in warehouse.scalar('select "check" from actions.found_won_triggers')


def test_where_nothing_precedes_purchases_little_is_told() -> None:
    shown = 0
    for seed in range(4):
        rows = planted(250, seed=seed + 10)
        rows["profile.moments"] = [row for row in rows["profile.moments"] if row["kind"] != "quote"]
        shown += told(rows).scalar("select count(*) from actions.won_triggers where verdict <> 'not shown'")
    assert shown <= 1


@pytest.mark.parametrize("ready", [True, False])
def test_of_few_customers_nothing_is_said(ready: bool) -> None:
    warehouse = told(planted(6 if ready else 200), ready=ready)
    assert warehouse.dicts("select * from actions.won_triggers") == []
    assert warehouse.scalar("select status from actions.found_won_triggers") == "nothing"


def test_neither_threads_nor_the_order_of_rows_change_a_bit() -> None:
    rows = planted(200)
    one, other = told(rows), told({name: Random(3).sample(of, len(of)) for name, of in rows.items()}, threads=4)
    assert one.hash_of("actions.won_triggers") == other.hash_of("actions.won_triggers")
