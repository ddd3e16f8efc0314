"""Which purchases would not come without a channel: the textbook's answers, paths as by hand, and a few customers are no proof."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from cxunify.actions import capabilities
from cxunify.actions.improve import channels
from cxunify.warehouse import Warehouse
from tests.actions.house import TODAY, build, config, house

Rows = list[dict[str, Any]]
Paths = list[tuple[tuple[str, ...], bool]]
TEXTBOOK: list[tuple[Paths, float, dict[str, float]]] = [
    ([(("C1", "C2", "C3"), True), (("C1",), False), (("C2", "C3"), False)], 1 / 3, {"C1": 0.5, "C2": 1, "C3": 1}),
    (
        [(("ga",), True), (("ga",), True), (("ga",), False), (("mail",), True), (("ga", "mail"), True)],
        0.8, {"ga": 0.75, "mail": 0.5},
    ),
]  # fmt: skip


def counts(paths: Paths) -> channels.Counts:
    found: Counter[tuple[str, str]] = Counter()
    for path, is_bought in paths:
        states = ["(start)", *path, "(purchase)" if is_bought else "(nothing)"]
        found.update(pairwise(states))
    return dict(found)


@pytest.mark.parametrize(("paths", "base", "effects"), TEXTBOOK)
def test_the_textbook_is_solved(paths: Paths, base: float, effects: dict[str, float]) -> None:
    likely, found = channels.removal(counts(paths))
    assert likely == pytest.approx(base)
    assert found == pytest.approx(effects)


def walked(
    paths: list[tuple[Paths, int]], *, ready: bool = True, threads: int = 1, shuffle: bool = False, **said: Any
) -> Warehouse:
    """Customers who walk these paths, each so many times, a step a day."""
    rows, who = Rows(), 0
    for of, times in paths:
        for _ in range(times):
            for path, is_bought in of:
                who += 1
                for place, channel in enumerate((*path, *(("pos",) if is_bought else ()))):
                    day = TODAY - timedelta(days=200 - place)
                    at = datetime.combine(day, time(9))
                    bought = is_bought and place == len(path)
                    rows.append(
                        {"customer_no": who, "channel": channel, "day": day, "first_at": at, "last_at": at, "returns": 0,
                         "purchases": int(bought), "first_purchase_at": at if bought else None}
                    )  # fmt: skip
    sent = [
        {"row_no": number, "channel": "mail", "kind": "contact_out", "has_date": True, "occurred_date": TODAY,
         "occurred_at": datetime.combine(TODAY, time(8))} for number in range(50)
    ]  # fmt: skip
    given = {"profile.days": Random(2).sample(rows, len(rows)) if shuffle else rows, "profile.moments": sent}
    opened = house(given, ready=["channel_effects"] if ready else [], threads=threads)
    return build(opened, (capabilities.gate(), *channels.steps(config(**said))))


def effects(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    return {row["channel"]: row for row in warehouse.dicts("select * from actions.channel_effects")}


def test_paths_of_customers_are_those_of_the_textbook() -> None:
    warehouse = walked([(TEXTBOOK[1][0], 100)], contact={"mail": {"cost": 3}})
    found = effects(warehouse)
    assert {name: row["removal_effect"] for name, row in found.items()} == pytest.approx(TEXTBOOK[1][2])
    assert {name: row["credited_purchases"] for name, row in found.items()} == pytest.approx({"ga": 240, "mail": 160})
    assert all(row["low"] <= row["removal_effect"] <= row["high"] <= 1 for row in found.values())
    assert (found["mail"]["contacts"], float(found["mail"]["cost"])) == (50, 150)
    assert float(found["mail"]["cost_per_purchase"]) == pytest.approx(0.94)
    assert {(row["basis"], row["purchases"]) for row in found.values()} == {("association", 400)}
    assert "without ga 75%" in warehouse.scalar('select "check" from actions.found_channel_effects')


def test_a_purchase_without_a_step_before_it_is_no_channels() -> None:
    found = effects(walked([(TEXTBOOK[1][0], 100), ([((), True)], 600)]))
    assert {name: row["credited_purchases"] for name, row in found.items()} == pytest.approx({"ga": 240, "mail": 160})
    assert {row["purchases"] for row in found.values()} == {1000} and found["ga"]["removal_effect"] == pytest.approx(
        0.3
    )


def test_a_silence_ends_a_path_and_one_that_is_not_over_is_none() -> None:
    at = {ago: datetime.combine(TODAY - timedelta(days=ago), time(9)) for ago in (100, 60, 10)}
    rows = [
        {"customer_no": 1, "channel": channel, "day": when.date(), "first_at": when, "purchases": int(channel == "pos"),
         "returns": 0, "first_purchase_at": when if channel == "pos" else None}
        for channel, when in (("web", at[100]), ("pos", at[60]), ("email", at[10]))
    ]  # fmt: skip
    opened = house({"profile.days": rows}, ready=["channel_effects"])
    warehouse = build(opened, (capabilities.gate(), *channels.steps(config())))
    steps = {(row["from_state"], row["to_state"]) for row in warehouse.dicts("select * from actions.passed")}
    assert steps == {("(start)", "web"), ("web", "(nothing)"), ("(start)", "(purchase)"), ("(start)", "email")}


@pytest.mark.parametrize("ready", [True, False])
def test_of_few_purchases_nothing_is_said(ready: bool) -> None:
    warehouse = walked([(TEXTBOOK[1][0], 5 if ready else 200)], ready=ready)
    assert effects(warehouse) == {}
    assert warehouse.scalar("select status from actions.found_channel_effects") == "nothing"


def test_neither_threads_nor_the_order_of_rows_change_a_bit() -> None:
    paths = [(TEXTBOOK[0][0], 150), (TEXTBOOK[1][0], 40)]
    one, other = walked(paths), walked(paths, threads=4, shuffle=True)
    assert one.hash_of("actions.channel_effects") == other.hash_of("actions.channel_effects")
