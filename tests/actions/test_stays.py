"""How long customers stay: the published model to its digits, planted contracts inside their interval, purchases as they are."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest

from cxunify.actions import capabilities
from cxunify.actions.improve import sbg, stays
from cxunify.warehouse import Warehouse
from tests.actions.house import TODAY, build, config, house

Rows = list[dict[str, Any]]
# Fader and Hardie (2007), table 1: of a thousand customers, who is there after 1, 2 ... 12 years; seven are fitted.
PUBLISHED = {
    "regular": ((631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173), (0.7041, 1.1820, -1680.265, 0.018)),
    "high end": ((869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394), (0.6681, 3.8061, -1611.158, 0.041)),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_model_is_found(name: str) -> None:
    there, (alpha, beta, likelihood, error) = PUBLISHED[name]
    seven = np.array((1000, *there[:7]))
    periods, left = np.array([*range(1, 8), 7.0]), np.array([True] * 7 + [False])
    model = sbg.fit(periods, left, np.array([*-np.diff(seven), seven[-1]]))
    assert (model.alpha, model.beta) == pytest.approx((alpha, beta), rel=0.01)
    assert model.log_likelihood == pytest.approx(likelihood, abs=0.05)
    later = np.arange(8.0, 13.0)
    assert 1000 * sbg.stayed(model, later) == pytest.approx(there[7:], rel=error + 0.002)
    low, high = sbg.interval(model, later, 1.96)
    assert all(low < sbg.stayed(model, later)) and all(sbg.stayed(model, later) < high)


def test_the_residual_of_customers_alike_is_that_of_a_constant_chance() -> None:
    model = sbg.Stays(1e6, 9e6, 0, np.zeros((2, 2)))
    assert sbg.residual(model, np.array([0.0, 30.0]), 0.01) == pytest.approx(1 / (1 - 0.9 / 1.01), rel=1e-3)


def contracts(customers: int, alpha: float, beta: float, *, yearly: bool = False, seed: int = 1) -> Rows:
    """Contracts of three years back whose customers leave each with a chance of its own, by month or on their day."""
    dice = np.random.default_rng(seed)
    rows: Rows = []

    def add(who: int, kind: str, day: date) -> None:
        if day < TODAY:
            rows.append(
                {"row_no": len(rows), "customer_no": who, "kind": kind, "occurred_date": day, "has_date": True,
                 "occurred_at": datetime.combine(day, time(9))}
            )  # fmt: skip

    for who in range(customers):
        begun = TODAY - timedelta(days=int(dice.integers(30, 1500)))
        lasts = int(dice.geometric(dice.beta(alpha, beta)))
        add(who, "contract_start", begun)
        add(who, "contract_end", begun + timedelta(days=int(min(lasts, 999) * (365.25 if yearly else 30.4375))))
    return rows


def told(rows: Rows, *, retention: Rows | None = None, ready: bool = True, threads: int = 1) -> Warehouse:
    given = {"profile.moments": rows, "profile.retention": retention or []}
    opened = house(given, ready=["retention_curve", "retention"] if ready else [], threads=threads)
    return build(opened, (capabilities.gate(), *stays.steps(config())))


def curve(warehouse: Warehouse, kind: str = "contracts", cohort: str = "all") -> dict[int, dict[str, Any]]:
    rows = warehouse.dicts(f"select * from actions.retention_curve where kind = '{kind}' and cohort = '{cohort}'")
    return {row["months_since"]: row for row in rows}


@pytest.mark.parametrize("yearly", [False, True])
def test_planted_contracts_are_observed_and_projected(yearly: bool) -> None:
    warehouse = told(contracts(6_000, 0.8, 3.0 if yearly else 12.0, yearly=yearly))
    found, true = curve(warehouse), sbg.Stays(0.8, 3.0 if yearly else 12.0, 0, np.zeros((2, 2)))
    step = 12 if yearly else 1
    missed = [
        months for months, row in found.items()
        for share in [float(sbg.stayed(true, np.array([months / step]))[0])]
        if not row["projected_low"] - 0.01 <= share <= row["projected_high"] + 0.01
        or (row["share"] is not None and not row["low"] - 0.01 <= share <= row["high"] + 0.01)
    ]  # fmt: skip
    assert missed == []
    assert {row["basis"] for row in found.values()} == {"observed", "projected"}
    assert all(
        found[months]["residual_months"] < found[months + step]["residual_months"] for months in (step, 2 * step)
    )
    (said,) = warehouse.dicts("select * from actions.found_retention_curve")
    assert said["status"] == "ready" and "the model would have said" in said["check"]


def test_who_is_there_is_forecast_better_than_by_a_constant_chance() -> None:
    warehouse = told(contracts(12_000, 0.5, 4.0, seed=6))
    tried = stays.backtest(warehouse.frame("select * from actions.stays order by all"))
    assert tried is not None
    _, expected, constant, kept = tried
    assert abs(expected - kept) < abs(constant - kept) / 3


def test_of_purchases_the_months_that_follow_are_told_and_nothing_is_projected() -> None:
    months = [
        {"cohort_date": date(2024, month, 1), "months_since": since, "customers": 100, "buyers": 30 - since}
        for month in (1, 2, 3) for since in range(14 - month)
    ]  # fmt: skip
    found = curve(told([], retention=months), "purchases")
    assert [*found] == [*range(1, 12)]
    assert (found[5]["share"], found[5]["customers"]) == (0.25, 300)
    assert found[5]["low"] < 0.25 < found[5]["high"] and found[5]["projected_share"] is None
    assert curve(told([], retention=months, ready=False), "purchases") == {}


@pytest.mark.parametrize("ready", [True, False])
def test_of_few_contracts_nothing_is_said(ready: bool) -> None:
    warehouse = told(contracts(150 if ready else 900, 1, 9), ready=ready)
    assert curve(warehouse) == {}
    assert warehouse.scalar("select status from actions.found_retention_curve") == "nothing"


def test_contracts_that_nobody_left_are_not_projected() -> None:
    rows = [row for row in contracts(400, 1, 9) if row["kind"] == "contract_start"]
    found = curve(told(rows))
    assert {row["share"] for row in found.values()} == {1.0}
    assert {row["projected_share"] for row in found.values()} == {None}


def test_neither_threads_nor_the_order_of_rows_change_a_bit() -> None:
    rows = contracts(3_000, 1, 9)
    one, other = told(rows), told(Random(3).sample(rows, len(rows)), threads=4)
    assert one.hash_of("actions.retention_curve") == other.hash_of("actions.retention_curve")
    assert isinstance(one.frame("select * from actions.retention_curve"), pl.DataFrame)
