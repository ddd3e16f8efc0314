"""What a bad experience costs: the planted loss is found and none where there is none, although complainers have just bought."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest

from cxunify.actions import capabilities
from cxunify.actions.improve import complaints
from cxunify.warehouse import Warehouse
from tests.actions.house import TODAY, build, house

Rows = dict[str, list[dict[str, Any]]]
DAYS = 840
HOURS = {"fast": 30.0, "slow": 400.0, "not": None}
LOSS = {"fast": 0.0, "slow": 0.2, "not": 0.4}
"""By how fast it was resolved, the share of purchases that do not come any more."""


def planted(customers: int, share: float, *, seed: int = 1) -> Rows:
    """Customers who buy each at a pace of their own, complain after `share` of their purchases, and then buy less."""
    dice = np.random.default_rng(seed)
    rows: Rows = {"profile.buyers": [], "profile.purchase_days": [], "profile.cases": []}
    for who in range(customers):
        pace = dice.gamma(2.0, 0.012)
        days = np.unique(dice.integers(0, DAYS, dice.poisson(pace * DAYS)))
        unhappy = days[dice.random(len(days)) < share]
        if len(unhappy):
            speed = ("fast", "slow", "not")[int(dice.integers(3))]
            complained = int(unhappy[0]) + int(dice.integers(1, 15))
            days = days[(days <= complained) | (dice.random(len(days)) >= LOSS[speed])]
            opened = datetime.combine(TODAY - timedelta(days=DAYS - complained), time(12))
            if complained < DAYS:
                rows["profile.cases"].append(
                    {"case_id": str(who), "channel": "crm", "customer_no": who, "opened_at": opened, "is_complaint": True,
                     "is_open": speed == "not", "hours_to_resolve": HOURS[speed]}
                )  # fmt: skip
        rows["profile.purchase_days"] += [
            {"customer_no": who, "day": TODAY - timedelta(days=DAYS - int(day)), "spend": 20.0} for day in days
        ]
        rows["profile.buyers"].append({"customer_no": who})
    return rows


def told(rows: Rows, *, ready: bool = True, threads: int = 1) -> Warehouse:
    opened = house(rows, ready=["complaint_effects"] if ready else [], threads=threads)
    return build(opened, (capabilities.gate(), *complaints.steps()))


@cache
def world() -> Rows:
    return planted(45_000, 0.02)


@cache
def effects() -> dict[str, dict[str, Any]]:
    return {row["resolved"]: row for row in told(world()).dicts("select * from actions.complaint_effects")}


@pytest.mark.parametrize(("speed", "loss"), LOSS.items())
def test_the_planted_loss_is_found(speed: str, loss: float) -> None:
    row = effects()[speed]
    assert row["difference"] == pytest.approx(-loss, abs=0.03)
    assert row["low"] - 0.01 <= -loss <= row["high"] + 0.01
    assert (row["basis"], row["verdict"]) == ("association", "fewer" if loss else "not shown")


def test_complainers_and_others_were_alike_before_though_a_plain_before_and_after_sees_a_loss() -> None:
    row = effects()["fast"]
    assert row["after"] / row["before"] - 1 < -0.05 < row["difference"]
    assert all(of["earlier_low"] < 0 < of["earlier_high"] for of in effects().values())
    assert all(of["matched"] >= 0.97 * of["complaints"] for of in effects().values())
    lost = effects()["not"]
    assert float(lost["lost_spend"]) == pytest.approx(
        (lost["usual_after"] - lost["after"]) * lost["matched"] * 20, rel=1e-3
    )
    assert lost["lost_spend_low"] < lost["lost_spend"] < lost["lost_spend_high"]


def test_who_differed_before_is_no_proof() -> None:
    """Whoever complains bought twice as much half a year ago, whatever happened."""
    rows = planted(6_000, 0.03, seed=3)
    day = {of["customer_no"]: of["opened_at"].date() for of in rows["profile.cases"]}
    rows["profile.purchase_days"] += [
        {"customer_no": who, "day": of - timedelta(days=ago), "spend": 20.0}
        for who, of in day.items()
        for ago in (90, 99)
    ]
    (found,) = told(rows).dicts("select * from actions.found_complaint_effects")
    assert found["status"] == "weak" and "otherwise before" in found["reason"]


@pytest.mark.parametrize("ready", [True, False])
def test_of_few_complaints_nothing_is_said(ready: bool) -> None:
    warehouse = told(planted(200, 0.01), ready=ready)
    assert warehouse.dicts("select * from actions.complaint_effects") == []
    assert warehouse.scalar("select status from actions.found_complaint_effects") == "nothing"
    assert [*warehouse.frame("select * from actions.complaint_effects").columns] == [
        *complaints.COMPLAINT_EFFECTS.types
    ]


def test_neither_threads_nor_the_order_of_rows_change_a_bit() -> None:
    rows = planted(4_000, 0.03, seed=2)
    shuffled = {name: Random(5).sample(of, len(of)) for name, of in rows.items()}
    one, other = told(rows), told(shuffled, threads=4)
    assert one.scalar("select count(*) from actions.complaint_effects") == 4
    assert one.hash_of("actions.complaint_effects") == other.hash_of("actions.complaint_effects")
