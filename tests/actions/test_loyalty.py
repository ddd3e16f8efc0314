"""Whether those who are worth most are in the programme: tiers and concentration as one counts them by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxunify.actions import capabilities, loyalty
from cxunify.actions.stages import of_layer
from cxunify.schema.predictions import PREDICTIONS
from cxunify.warehouse import Stage
from tests.actions.house import AS_OF, TODAY, build, house

NO_FORECAST = Stage(
    of_layer(PREDICTIONS),
    f"select {', '.join(f'null::{kind} as {name}' for name, kind in PREDICTIONS.types.items())} where false",
)


def covered(
    spends: list[int], cards: set[int], rewards: tuple[tuple[int, float, int], ...] = ()
) -> dict[str, dict[str, Any]]:
    """Tier -> its row, of customers who spent so much; of rewards customer, amount, days ago."""
    rows = {
        "profile.numbers": [{"customer_no": who, "customer_id": f"c{who:03d}"} for who in range(len(spends))],
        "profile.customers": [
            {"customer_no": who, "customer_id": f"c{who:03d}", "in_loyalty": False} for who in range(len(spends))
        ],
        "profile.behaviour": [
            {"customer_no": who, "purchases": 1, "net_spend": spend} for who, spend in enumerate(spends)
        ],
        "identity.identifiers": [
            {"customer_id": f"c{who:03d}", "type": "loyalty_id", "value": str(who), "status": "valid"} for who in cards
        ],
        "profile.moments": [
            {"row_no": place, "customer_no": who, "kind": "redemption", "amount": amount, "rate": 1, "has_date": True,
             "occurred_at": AS_OF - timedelta(days=ago), "occurred_date": TODAY - timedelta(days=ago)}
            for place, (who, amount, ago) in enumerate(rewards)
        ],
    }  # fmt: skip
    warehouse = build(house(rows, ready=["loyalty_cover"]), (capabilities.gate(), NO_FORECAST, *loyalty.steps()))
    return {row["value_tier"]: row for row in warehouse.dicts("select * from actions.loyalty_cover")}


def gini(values: list[int]) -> float:
    """Half the mean difference between any two, by the mean."""
    apart = sum(abs(one - other) for one in values for other in values)
    return apart / (2 * len(values) * sum(values))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.sets(st.integers(0, 29)))
def test_cover_and_concentration_are_as_by_hand(spends: list[int], cards: set[int]) -> None:
    found = covered(spends, cards)
    everybody = found["all"]
    held = [who in cards for who in range(len(spends))]
    assert (everybody["customers"], everybody["enrolled"]) == (len(spends), sum(held))
    if sum(spends):
        assert everybody["value_gini"] == pytest.approx(gini(spends))
        mine = sum(spend for spend, has in zip(spends, held, strict=True) if has)
        assert float(everybody["enrolled_value_share"]) == pytest.approx(mine / sum(spends))
    else:
        assert everybody["value_gini"] is None
    tiers = [row for tier, row in found.items() if tier != "all"]
    for name in ("customers", "enrolled", "value", "rewards"):
        assert sum(row[name] for row in tiers) == everybody[name]
    assert {row["basis"] for row in found.values()} == {"spend"}


def test_rewards_are_those_of_a_year() -> None:
    found = covered([10] * 19 + [90], {19}, ((19, -5.5, 10), (19, 2, 364), (3, 9, 366)))
    assert [(found[tier]["rewards"], float(found[tier]["reward_cost"])) for tier in ("top 1 %", "all")] == [
        (2, 7.5)
    ] * 2
    assert found["all"]["reward_gini"] == pytest.approx(gini([0] * 19 + [2]))
    assert found["top 1 %"]["enrolled_share"] == 1 and found["rest"]["enrolled_share"] == 0


def test_nothing_is_told_where_it_is_refused() -> None:
    warehouse = build(house({}), (capabilities.gate(), NO_FORECAST, *loyalty.steps()))
    assert warehouse.scalar("select count(*) from actions.loyalty_cover") == 0
    assert warehouse.scalar("select status from actions.found_loyalty_cover") == "nothing"
