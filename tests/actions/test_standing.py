"""What tables of other layers say of the capabilities that they serve: one sentence each, or that there is nothing of its kind."""

from __future__ import annotations

from cxunify.actions import capabilities, standing
from cxunify.schema.predictions import SEGMENTS
from tests.actions.house import AS_OF, TODAY, build, house
from tests.actions.test_treatments import given_rows

ROWS = {
    "profile.customer_channels": [{"customer_no": 1, "channel": channel} for channel in ("pos", "web")]
    + [{"customer_no": 2, "channel": "pos"}],
    "profile.consent": [
        {"customer_no": 1, "channel": "email", "is_allowed": True},
        {"customer_no": 2, "channel": "email", "is_allowed": False},
    ],
    "profile.channel_flow": [
        {"from_channel": "pos", "to_channel": "web", "steps": 1200},
        {"from_channel": "(start)", "to_channel": "pos", "steps": 9000},
    ],
    "profile.service_months": [{"channel": "crm", "month_date": TODAY, "complaints": 4, "resolved_complaints": 3}],
    "profile.retention": [
        {"months_since": 12, "customers": 200, "buyers": 50},
        {"months_since": 1, "customers": 200, "buyers": 150},
    ],
    "profile.store_months": [{"channel": "pos", "location": "S1", "month_date": TODAY, "net_sales": 12345}],
    "profile.moments": [
        {
            "row_no": place,
            "source": source,
            "customer_no": 1,
            "kind": "survey",
            "has_date": True,
            "occurred_at": AS_OF,
            "occurred_date": TODAY,
        }
        for place, source in enumerate(("nps", "nps", "csat"))
    ],
    # On two scales, of which no average tells anything.
    "staging.interactions": [{"row_no": place, "score": score} for place, score in enumerate((8, 9, 3))],
}


def told(rows: dict[str, list[dict[str, object]]], needs: list[dict[str, object]]) -> dict[str, str | None]:
    warehouse = build(house(rows), (capabilities.gate(), given_rows(SEGMENTS, needs), *standing.steps()))
    return dict(warehouse.rows(f'select capability, "check" from {standing.FOUND.name}'))


def test_each_says_what_its_tables_say() -> None:
    assert told(ROWS, [{"customer_id": "a", "expressed_need": "delivery"}]) == {
        "one_view": "1 of 2 customers are seen in more than one channel",
        "fair_contact": "1 of 2 customers who were asked agree to a channel",
        "channel_flow": "1,200 steps from one channel to another, most often from pos to web",
        "complaint_handling": "3 of 4 complaints of the last year are resolved",
        "retention": "25% of 200 customers bought in the twelfth month after their first purchase",
        "store_scorecard": "1 place with sales of 12,345 in the last year",
        "feedback": "3 answers of the last year, on average 3.0 in csat, 8.5 in nps",
        "expressed_needs": "1 reason, stated by 1 customer in their last live contact",
    }


def test_of_nothing_nothing_is_said() -> None:
    found = told({}, [])
    assert sorted(found) == sorted(standing.SENTENCES) and set(found.values()) == {None}
