"""Who needs help: the weak agent is flagged, ordinary ones are not, and where all differ by nature limits are wider."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from cxunify.actions import capabilities
from cxunify.actions.improve import coaching
from cxunify.warehouse import Warehouse
from tests.actions.house import AS_OF, TODAY, build, house

SHAPE = {"unit_kind": pl.String, "unit": pl.String, "item": pl.String, "counted": pl.Int64, "failed": pl.Int64,
         "counted_lately": pl.Int64, "failed_lately": pl.Int64}  # fmt: skip


def units(counted: Any, failed: Any) -> pl.DataFrame:
    return pl.DataFrame(
        {"unit_kind": "agent", "unit": [f"u{place}" for place in range(len(counted))], "item": "low score", "counted": counted,
         "failed": failed, "counted_lately": 0, "failed_lately": 0},
        schema=SHAPE,
    )  # fmt: skip


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_of_a_thousand_ordinary_units_three_are_flagged_at_most(share: float) -> None:
    dice = np.random.default_rng(3)
    counted = dice.integers(20, 400, 20_000)
    flagged = coaching.judged(units(counted, dice.binomial(counted, share)))["flag"].drop_nulls()
    assert len(flagged) <= 0.003 * 20_000


def test_the_weak_agent_is_flagged_and_no_other() -> None:
    dice = np.random.default_rng(7)
    counted = np.full(40, 200)
    failed = dice.binomial(counted, 0.15)
    failed[5] = 66
    found = coaching.judged(units(counted, failed))
    assert found.filter(flag="worse")["unit"].to_list() == ["u5"]
    row = found.filter(unit="u5").row(0, named=True)
    assert row["share"] == 0.33 > row["limit_share"] > row["usual_share"]


def test_where_units_differ_by_nature_limits_are_wider() -> None:
    dice = np.random.default_rng(9)
    counted = np.full(300, 400)
    own = dice.beta(20, 80, 300)
    flagged = coaching.judged(units(counted, dice.binomial(counted, own)))["flag"].drop_nulls()
    assert len(flagged) <= 6


def test_cases_and_scores_are_counted_by_who_served_and_where() -> None:
    cases = [
        {"case_id": str(number), "channel": "crm", "agent": "ann" if number % 2 else "bob", "location": "S1",
         "opened_at": AS_OF - timedelta(days=20 + number), "is_open": False,
         "resolved_at": None if number % 10 == 1 else AS_OF, "hours_to_resolve": 200 if number % 10 == 3 else 20}
        for number in range(100)
    ]  # fmt: skip
    surveys = [
        {
            "row_no": number,
            "source": "nps" if number < 30 else "csat" if number < 60 else "points",
            "kind": "survey",
            "location": "S2",
            "has_date": True,
            "occurred_at": AS_OF,
            "occurred_date": TODAY,
        }
        for number in range(90)
    ]
    # Three surveys on three scales: 0 to 10, 1 to 5, and 0 to 100, of which nobody knows what is low.
    asked = {"nps": lambda n: n % 11, "csat": lambda n: 1 + n % 5, "points": lambda n: n}
    scores = [
        {"row_no": row["row_no"], "source": row["source"], "kind": "survey", "agent": "bob",
         "score": asked[row["source"]](row["row_no"])}
        for row in surveys
    ]  # fmt: skip
    given = {"profile.cases": cases, "profile.moments": surveys, "staging.interactions": scores}
    warehouse = told(given)
    counted = {
        (row["unit"], row["item"]): (row["counted"], row["failed"])
        for row in warehouse.dicts("select * from actions.coached")
    }
    low = sum(number % 11 <= 6 for number in range(30)) + sum(1 + number % 5 <= 2 for number in range(30, 60))
    assert counted == {
        ("ann", "case not closed in 7 days"): (50, 20), ("bob", "case not closed in 7 days"): (50, 0),
        ("S1", "case not closed in 7 days"): (100, 20), ("bob", "low score"): (60, low), ("S2", "low score"): (60, low),
    }  # fmt: skip
    (row,) = warehouse.dicts("select * from actions.coaching where unit = 'ann'")
    assert (row["flag"], row["share"], row["usual_share"]) == ("worse", 0.4, 0.2)
    (found,) = warehouse.dicts("select * from actions.found_coaching")
    assert "1 unit stands out for the worse" in found["check"] and "ann" not in found["check"]
    assert told(given, ready=False).scalar("select count(*) from actions.coaching") == 0


def told(rows: dict[str, Any], *, ready: bool = True) -> Warehouse:
    return build(house(rows, ready=["coaching"] if ready else []), (capabilities.gate(), *coaching.steps()))
