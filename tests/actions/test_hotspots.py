"""Where it hurts: the planted hot spot ranks first, and value is only said to be lost where a loss was shown."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from cxunify.actions import capabilities
from cxunify.actions.improve import hotspots
from cxunify.schema.improvement import COMPLAINT_EFFECTS
from cxunify.schema.predictions import PREDICTIONS
from cxunify.warehouse import Warehouse
from tests.actions.house import AS_OF, build, config, house

Rows = dict[str, list[dict[str, Any]]]


def planted(*, each: int = 60, bad: float = 0.3, seed: int = 1) -> Rows:
    """Thirty spots of like size; at one of them three times as many contacts come, and most go badly."""
    dice = Random(seed)
    names = ("profile.moments", "staging.interactions", "profile.cases", "profile.numbers", "profile.purchase_days")
    rows: Rows = {name: [] for name in names}
    customers = set()
    for reason in ("delivery", "billing", "quality"):
        for place in range(10):
            is_hot = (reason, place) == ("delivery", 4)
            for _ in range(each * (3 if is_hot else 1)):
                number, who = len(rows["profile.moments"]), dice.randrange(4000)
                customers.add(who)
                at = AS_OF - timedelta(days=dice.randrange(10, 300))
                went_badly = dice.random() < (0.7 if is_hot else bad)
                said = {"case_id": f"k{number}", "channel": "phone"}
                rows["profile.moments"].append(
                    {"row_no": number, "customer_no": who, "kind": "contact_in", "channel": "phone", "location": f"S{place}",
                     "has_date": True, "occurred_at": at, "occurred_date": at.date()}
                )  # fmt: skip
                rows["staging.interactions"].append({"row_no": number, "reason": reason, "case_id": said["case_id"]})
                rows["profile.cases"].append(
                    {**said, "opened_at": at, "is_complaint": went_badly and number % 2 == 0, "is_open": False, "reopened": 0,
                     "hours_to_resolve": 300.0 if went_badly else 20.0}
                )  # fmt: skip
    for who in sorted(customers):
        rows["profile.numbers"].append({"customer_no": who, "customer_id": f"c{who}"})
        rows["profile.purchase_days"].append(
            {"customer_no": who, "day": AS_OF.date() - timedelta(days=40), "spend": 100}
        )
    return rows


def told(
    rows: Rows, *, ready: bool = True, threads: int = 1, loss: float | None = None, valued: bool = False
) -> Warehouse:
    opened = house(rows, ready=["hotspots"] if ready else [], threads=threads)
    opened.execute("create schema actions")
    for table in (PREDICTIONS, COMPLAINT_EFFECTS):
        opened.execute(f"create table actions.{table.name} ({table.definition})")
    if loss is not None:
        opened.execute(
            "insert into actions.complaint_effects (resolved, difference, low, high, verdict)"
            f" values ('all', {-loss}, {-loss - 0.1}, {-loss + 0.1}, '{'fewer' if loss > 0.1 else 'not shown'}')"
        )
    if valued:
        opened.execute(
            "insert into actions.predictions (customer_id, value_365d) select customer_id, 7 from profile.numbers"
        )
    return build(opened, (capabilities.gate(), *hotspots.steps(config(contact={"phone": {"cost": 4}}))))


def spots(warehouse: Warehouse) -> list[dict[str, Any]]:
    return warehouse.dicts("select * from actions.hotspots order by rank")


@pytest.mark.parametrize("seed", range(3))
def test_the_planted_hot_spot_ranks_first(seed: int) -> None:
    warehouse = told(planted(seed=seed))
    first, *others = spots(warehouse)
    assert (first["reason"], first["location"], first["contacts"], float(first["cost"])) == ("delivery", "S4", 180, 720)
    assert first["low"] > first["usual_share"] and first["low"] <= 0.7 <= first["high"]
    assert len(others) == 29 and all(row["value_at_stake"] < first["value_at_stake"] / 2 for row in others)
    assert first["value_at_stake"] == first["bad_customers"] * 100 and first["value_basis"] == "spend"
    assert (first["lost_value"], first["basis"]) == (None, "counted")
    assert "delivery, phone, S4" in warehouse.scalar('select "check" from actions.found_hotspots')


def test_value_is_lost_where_a_loss_was_shown_within_its_interval() -> None:
    first, *_ = spots(told(planted(), loss=0.4, valued=True))
    stake = float(first["value_at_stake"])
    assert stake == first["bad_customers"] * 7 and (first["value_basis"], first["basis"]) == ("forecast", "association")
    lost = [float(first[name]) for name in ("lost_value_low", "lost_value", "lost_value_high")]
    assert lost == pytest.approx([stake * 0.3, stake * 0.4, stake * 0.5], abs=0.01)
    assert {row["lost_value"] for row in spots(told(planted(), loss=0.05))} == {None}


@pytest.mark.parametrize("ready", [True, False])
def test_of_few_contacts_nothing_is_said(ready: bool) -> None:
    warehouse = told(planted(each=6 if ready else 30), ready=ready)
    assert spots(warehouse) == []
    assert warehouse.scalar("select status from actions.found_hotspots") == "nothing"


def test_neither_threads_nor_the_order_of_rows_change_a_bit() -> None:
    rows = planted()
    one, other = told(rows), told({name: Random(3).sample(of, len(of)) for name, of in rows.items()}, threads=4)
    assert one.hash_of("actions.hotspots") == other.hash_of("actions.hotspots")
