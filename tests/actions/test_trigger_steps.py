"""Triggers from days to alarms: which days count, who is known long enough, what is told where nothing can be said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from cxunify.actions import capabilities
from cxunify.actions.triggers import steps as triggers
from cxunify.warehouse import Warehouse
from tests.actions.house import TODAY, build, config, house

READY = (triggers.CAPABILITY,)


def days(dates: Iterable[tuple[int, int]], **columns: Any) -> list[dict[str, Any]]:
    """Rows of profile.days: customer, days ago; a purchase of 10 in a store where `columns` do not say otherwise."""
    usual = {"channel": "pos", "purchases": 1, "purchase_spend": 10, "visits": 0, "contacts": 0, "acts": 1}
    return [
        {"customer_no": customer, "day": TODAY - timedelta(days=ago), **usual, **columns} for customer, ago in dates
    ]


def made(rows: list[dict[str, Any]], *, ready: tuple[str, ...] = READY, **actions: Any) -> Warehouse:
    numbers = sorted({row["customer_no"] for row in rows})
    given = {
        "profile.days": rows,
        "profile.numbers": [{"customer_no": number, "customer_id": f"c{number:05d}"} for number in numbers],
    }
    return build(house(given, ready=ready), (capabilities.gate(), *triggers.steps(config(**actions))))


def shop(seed: int, customers: int, span: int = 600, stops: int = 0) -> list[tuple[int, int]]:
    """Customers who buy at random, a few days a month, each at a rate of their own; the first `stops` cease a quarter ago."""
    dice = np.random.default_rng(seed)
    rates = dice.gamma(4, 1 / 40, customers)
    return [
        (customer, ago)
        for customer, rate in enumerate(rates)
        for ago in np.flatnonzero(dice.random(span) < min(rate, 0.9)).tolist()
        if customer >= stops or ago >= 91
    ]


def test_who_stopped_is_found_with_what_is_at_stake() -> None:
    with made(days(shop(1, 1500, stops=30))) as warehouse:
        alarms = warehouse.frame("select * from actions.triggers where signal = 'purchases' order by \"rank\"")
        checks = warehouse.frame("select * from actions.trigger_checks where signal = 'purchases' order by direction")
        found = warehouse.frame("select * from actions.found_behaviour_triggers").row(0, named=True)
    assert checks["verdict"].to_list() == ["ready", "ready"]
    stopped = alarms.filter(pl.col("customer_id") < "c00030", direction="drop")
    assert len(stopped) > 10
    assert len(alarms) - len(stopped) <= 0.2 * len(alarms) + 3
    assert set(stopped["observed"]) == {0}
    assert (stopped["baseline"] >= checks["least_baseline"][0]).all()
    assert (stopped["since_date"] <= TODAY - timedelta(days=90)).all()
    # Ten a purchase day, all of it lost: of a year.
    worth = stopped["baseline"] * 10 * 365 / 182
    assert stopped["value_at_stake"].cast(pl.Float64).to_numpy() == pytest.approx(worth.to_numpy(), abs=0.01)
    ranks = warehouse_ranks(alarms)
    assert ranks == sorted(ranks, reverse=True)
    assert found["status"] == "ready"
    assert "are expected to be false" in found["check"]


def warehouse_ranks(alarms: pl.DataFrame) -> list[float]:
    """What is at stake, in the order of the ranks."""
    return [float(value) for value in alarms["value_at_stake"]]


def test_a_customer_of_several_alarms_has_one_purse() -> None:
    with made(days(shop(1, 1500, stops=30))) as warehouse:
        alarms = warehouse.frame("select * from actions.triggers")
    told = alarms.drop_nulls("value_at_stake")
    assert told["customer_id"].is_unique().all()
    assert set(told["customer_id"]) == set(alarms["customer_id"])
    assert len(alarms) >= 2 * len(told) > 20
    # Here every day in the shop is a purchase: its alarm is as unlikely as the others, and money is what it is about.
    assert set(told["signal"]) == {"purchases"}
    assert told["rank"].max() == len(told)


def test_what_is_at_stake_is_told_of_the_least_likely_alarm() -> None:
    pairs = shop(1, 1500, stops=30)
    seldom = [(customer, ago) for customer, ago in pairs if customer >= 30 or ago % 2 == 0 or ago < 91]
    rows = days(pairs, purchases=0, purchase_spend=None, visits=1, channel="web") + days(seldom)
    with made(rows) as warehouse:
        alarms = warehouse.frame("select * from actions.triggers where direction = 'drop' order by customer_id, p")
    several = alarms.filter(pl.col("p").n_unique().over("customer_id") > 1)
    assert several["customer_id"].n_unique() > 1
    for (_,), mine in several.group_by("customer_id"):
        assert mine.drop_nulls("value_at_stake")["p"].to_list() == [mine["p"].min()]


def test_signals_are_what_customers_did() -> None:
    pairs = shop(2, 400)
    rows = (
        days(pairs)
        + days(pairs, channel="web", purchases=0, purchase_spend=None, visits=3)
        + days([(customer, ago) for customer, ago in pairs if ago % 9 == 0], channel="crm", purchases=0, contacts=1)
        + days([(customer, 700) for customer in range(400)], channel="email", purchases=0, acts=0)
    )
    with made(rows) as warehouse:
        counted = {
            signal: row
            for signal, *row in warehouse.rows(
                "select signal, sum(observed_0), sum(baseline_0), max(first_ago) from temp.trigger_counts group by 1"
            )
        }
    observed = sum(ago < 91 for _, ago in pairs)
    # Two channels on one day are one day; a day on which the company wrote is none.
    assert counted["purchases"][0] == counted["visits"][0] == counted["any"][0] == observed
    assert counted["contacts"][0] == sum(ago < 91 and ago % 9 == 0 for _, ago in pairs)
    assert counted["any"][2] < 700


def test_a_new_customer_is_known_from_the_second_day_on() -> None:
    rows = days(
        [
            (1, 250),
            (1, 200),
            (1, 50),
            (2, 181),
            (2, 100),
            (3, 500),
            (3, 250),
            *((number, 599) for number in range(4, 99)),
        ]
    )
    with made(rows) as warehouse:
        found = warehouse.rows(
            "select baseline_days, baseline, observed, sum(customers) from actions.trigger_totals"
            " where signal = 'purchases' and stretch = 0 group by all order by all"
        )
    # 250 days ago is 159 days before the time that is judged; 181 days ago is less than half of the time before.
    assert found == [(159, 1, 1, 1), (182, 0, 0, 95), (182, 1, 0, 1)]


def test_windows_follow_the_history_and_the_pace() -> None:
    spans = pl.DataFrame(
        [("any", 900, 30.0), ("contacts", 400, 2.0), ("purchases", 300, 3.0)],
        schema={"signal": pl.String, "history_days": pl.Int64, "usual_days": pl.Float64},
        orient="row",
    )
    found = {signal: row for signal, *row in triggers.windows_of(spans).rows()}
    assert found == {
        "any": [900, 147, 182, 28, 3],
        "contacts": [400, 273, 91, 91, 3],
        "purchases": [300, 273, 91, 91, 2],
        "visits": [None, 273, None, None, 0],
    }


@pytest.mark.parametrize(
    ("rows", "verdicts", "status"),
    [
        ([], {"nothing"}, "nothing"),
        ([(1, 0)], {"nothing", "refused"}, "refused"),
        ([(number, number % 50) for number in range(100)], {"nothing", "refused"}, "refused"),
        ([(1, ago) for ago in range(2000)], {"nothing", "refused"}, "refused"),
    ],
)
def test_thin_data_leave_typed_tables_and_a_reason(
    rows: list[tuple[int, int]], verdicts: set[str], status: str
) -> None:
    with made(days(rows)) as warehouse:
        checks = warehouse.frame("select * from actions.trigger_checks")
        assert warehouse.scalar("select count(*) from actions.triggers") == 0
        assert next(iter(warehouse.columns("actions.triggers"))) == "customer_id"
        found = warehouse.frame("select * from actions.found_behaviour_triggers").row(0, named=True)
    assert len(checks) == 8
    assert set(checks["verdict"]) == verdicts
    assert checks["reason"].null_count() == 0
    assert (found["status"], found["customers"]) == (status, 0)
    assert found["reason"]


def test_without_readiness_there_are_no_rows() -> None:
    with made(days(shop(1, 1500, stops=30)), ready=()) as warehouse:
        assert warehouse.scalar("select count(*) from actions.triggers") == 0
        assert warehouse.scalar("select count(*) from actions.trigger_checks") == 0


def test_all_returns_and_a_season_without_anybody_are_no_alarm() -> None:
    pairs = [(customer, ago) for customer, ago in shop(3, 600) if ago >= 91]
    with made([*days(pairs), *days([(1, 0)], purchases=0, acts=1, purchase_spend=None)]) as warehouse:
        checks = warehouse.frame("select * from actions.trigger_checks where signal = 'purchases'")
        assert warehouse.scalar("select count(*) from actions.triggers where signal = 'purchases'") == 0
    assert set(checks["verdict"]) == {"refused"}
    assert all("have stopped" in reason for reason in checks["reason"])


def test_rows_in_another_order_and_more_threads_say_the_same() -> None:
    rows = days(shop(4, 800, stops=20))
    found = []
    for given in (rows, rows[::-1]):
        with made(given) as warehouse:
            found.append(
                [
                    warehouse.rows(f"select * from actions.{table} order by all")
                    for table in ("triggers", "trigger_checks")
                ]
            )
    assert found[0] == found[1]
