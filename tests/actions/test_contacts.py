"""No contact is neutral: planted fatigue is inside its interval, and what contacts bring is told by hold-out alone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest

from cxunify.actions import capabilities
from cxunify.actions.improve import contacts
from cxunify.warehouse import Warehouse
from tests.actions.house import TODAY, build, house

Rows = dict[str, list[dict[str, Any]]]
SENDS = 9
HELD_OUT = 0.1
BRINGS = 0.03
"""Of all who are contacted, more buy than of those who are held out."""


def opts_out(place: int) -> float:
    """Planted fatigue: how many opt out after the contact at this place in the row."""
    return 0.002 + 0.003 * (place - 1)


def moment(rows: Rows, who: int, ago: int, kind: str, *, hour: int = 9, campaign: str | None = None) -> None:
    day = TODAY - timedelta(days=ago)
    number = len(rows["profile.moments"])
    rows["profile.moments"].append(
        {"row_no": number, "customer_no": who, "channel": "email", "kind": kind, "occurred_date": day,
         "occurred_at": datetime.combine(day, time(hour)), "has_date": True}
    )  # fmt: skip
    rows["staging.interactions"].append({"row_no": number, "campaign": campaign})


def optout(rows: Rows, who: int, ago: int) -> None:
    at = datetime.combine(TODAY - timedelta(days=ago), time(20))
    rows["profile.acts"].append({"customer_no": who, "channel": "email", "is_allowed": False, "acted_at": at})


def empty() -> Rows:
    return {"profile.moments": [], "staging.interactions": [], "profile.acts": [], "profile.purchase_days": []}


def planted(customers: int, *, brings: float = BRINGS, seed: int = 1) -> Rows:
    """Nine campaigns three weeks apart; one in ten is held out of each, one in twelve answers, and the rest tires."""
    dice = np.random.default_rng(seed)
    rows = empty()
    for who in range(customers):
        place = 0
        for number in range(SENDS):
            ago = 20 + 21 * (SENDS - 1 - number)
            is_held_out = dice.random() < HELD_OUT
            moment(rows, who, ago, "held_out" if is_held_out else "contact_out", campaign=f"c{number}")
            if dice.random() < 0.1 + (0 if is_held_out else brings):
                day = TODAY - timedelta(days=ago - int(dice.integers(0, 14)))
                rows["profile.purchase_days"].append({"customer_no": who, "day": day, "spend": 5})
            if is_held_out:
                continue
            place += 1
            if dice.random() < 1 / 12:
                moment(rows, who, ago - 2, "response")
                place = 0
            elif dice.random() < opts_out(place) * 12 / 11:
                optout(rows, who, ago - 1)
                break
    return rows


def told(rows: Rows, *, ready: bool = True, threads: int = 1, measured: bool = True) -> Warehouse:
    opened = house(rows, ready=["contact_effects"] if ready else [], threads=threads)
    opened.execute("create schema actions")
    opened.execute(
        "create table actions.lift as select unnest(range(20)) as n, concat('c', n) as experiment, 'campaign' as basis,"
        f" 'bought' as outcome, 'plain' as estimator, {'0.1' if measured else 'null::double'} as difference"
    )
    return build(opened, (capabilities.gate(), *contacts.steps()))


def effects(warehouse: Warehouse) -> dict[int, dict[str, Any]]:
    return {row["unanswered"]: row for row in warehouse.dicts("select * from actions.contact_effects")}


@cache
def world() -> tuple[dict[int, dict[str, Any]], str]:
    warehouse = told(planted(12_000))
    return effects(warehouse), warehouse.scalar('select "check" from actions.found_contact_effects')


def test_planted_fatigue_is_inside_its_interval() -> None:
    found, said = world()
    assert [*found] == [*range(1, SENDS + 1)]
    missed = [
        place for place, row in found.items() if not row["opted_out_low"] <= opts_out(place) <= row["opted_out_high"]
    ]
    assert len(missed) <= 1
    assert [found[place]["verdict"] for place in (1, 4, 5, 6)] == [None, "tires", "tires", "tires"]
    more = found[6]
    assert more["more_opted_out_low"] <= opts_out(6) - opts_out(1) <= more["more_opted_out_high"]
    assert "opt out" in said and "an association" in said


def test_what_a_contact_brings_is_told_by_hold_out_alone() -> None:
    found, said = world()
    told_of = [row for row in found.values() if row["brought"] is not None]
    assert len(told_of) >= 4 and all(row["basis"] == "effect" for row in told_of)
    assert sum(not row["brought_low"] <= BRINGS <= row["brought_high"] for row in told_of) <= 1
    assert "by hold-out" in said
    without = effects(told(planted(1_500), measured=False))
    assert {row["basis"] for row in without.values()} == {"association"}
    assert {row["brought"] for row in without.values()} == {None}


def test_nobody_tires_where_no_more_opt_out() -> None:
    rows = empty()
    dice = Random(3)
    for who in range(4_000):
        for number in range(6):
            moment(rows, who, 20 + 20 * (5 - number), "contact_out")
            if dice.random() < 0.01:
                optout(rows, who, 18 + 20 * (5 - number))
                break
    found = effects(told(rows))
    assert [row["verdict"] for row in found.values()].count("tires") <= 1
    assert found[1]["bought_share"] == 0


def test_contacts_are_placed_by_hand() -> None:
    """The third is answered, and counting begins anew; an opt-out is that to the last contact before it, and the end."""
    rows = empty()
    for who in range(100):
        for ago in (200, 170, 140, 110, 80, 50, 20):
            moment(rows, who, ago, "contact_out")
        moment(rows, who, 139, "response")
        optout(rows, who, 79)
        moment(rows, who, 10, "contact_out")
    found = effects(told(rows))
    assert {place: (row["contacts"], row["answered_share"], row["opted_out_share"]) for place, row in found.items()} == {
        1: (200, 0, 0), 2: (200, 0, 0.5), 3: (100, 1, 0),
    }  # fmt: skip


@pytest.mark.parametrize("ready", [True, False])
def test_of_few_contacts_nothing_is_said(ready: bool) -> None:
    warehouse = told(planted(9), ready=ready)
    assert effects(warehouse) == {}
    assert warehouse.scalar("select status from actions.found_contact_effects") == "nothing"


def test_neither_threads_nor_the_order_of_rows_change_a_bit() -> None:
    rows = planted(2_000, seed=4)
    shuffled = {name: Random(5).sample(of, len(of)) for name, of in rows.items()}
    one, other = told(rows), told(shuffled, threads=4)
    assert one.hash_of("actions.contact_effects") == other.hash_of("actions.contact_effects")
