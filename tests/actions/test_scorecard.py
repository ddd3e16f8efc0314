"""The founding study's four categories: every measure counted by hand, or without a share where there is nothing to count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from cxunify.actions import capabilities, scorecard
from cxunify.config.requirements import catalogue
from cxunify.schema import actions as schema
from cxunify.schema import improvement, opportunities, predictions
from cxunify.schema.plan import PLAN
from cxunify.schema.table import Table
from cxunify.warehouse import Stage, Warehouse
from tests.actions.house import AS_OF, TODAY, build, house
from tests.actions.test_treatments import given_rows

EMPTY = (
    schema.ACTIONS, schema.LIFT, schema.CONTACT_LIMITS, schema.TREATMENTS, schema.TREATMENT_MOVES, schema.TRIGGER_CHECKS, PLAN,
    opportunities.BEST_ACTIONS, opportunities.LOYALTY_COVER, predictions.PREDICTIONS, predictions.SEGMENTS, improvement.LOST_SALES,
)  # fmt: skip
LAST_YEAR = AS_OF - timedelta(days=400)


OTHERS = {
    "actions.tracks": "select * from (values (1, 'grow', 'email', 'value'), (2, 'rest', 'none', 'time'))"
    " as t(place, track, channel, cause)",
    "actions.walks": "select *, 'c' || customer_no as customer_id, null::varchar as previous_track, null::date as changed_date,"
    " null::timestamp as assigned_at from (values (3, 1, 'grow', 'value'), (4, 2, 'rest', 'time'))"
    " as t(customer_no, place, track, cause)",
    # One who complains and still waits, where nobody went before it; what asks for no answer waits for nothing.
    "actions.changed": "select *, null::date as changed_date from (values (3, 'complaint'), (4, 'value')) as t(customer_no, cause)",
}
MOVED = [
    {"customer_id": f"d{number}", "previous_track": "rest", "track": "grow", "cause": cause, "assigned_at": at}
    for number, (cause, at) in enumerate(
        [("complaint", AS_OF), ("trigger", AS_OF), ("trigger", AS_OF), ("value", AS_OF), ("trigger", LAST_YEAR)]
    )
]


def moment(place: int, who: int | None, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "row_no": place,
        "customer_no": who,
        "kind": kind,
        "has_date": True,
        "occurred_at": AS_OF,
        "occurred_date": TODAY,
        **more,
    }


ROWS: dict[str, list[dict[str, Any]]] = {
    "profile.numbers": [{"customer_no": who, "customer_id": f"c{who}"} for who in (1, 2, 3, 4)],
    "profile.behaviour": [{"customer_no": who, "last_at": AS_OF} for who in (1, 2, 3)]
    + [{"customer_no": 4, "last_at": LAST_YEAR}],
    "profile.buyers": [{"customer_no": 1}, {"customer_no": 2}],
    "profile.service_months": [
        {"channel": "crm", "month_date": TODAY, "complaints": 4, "resolved_complaints": 3},
        {"channel": "crm", "month_date": TODAY - timedelta(days=400), "complaints": 9, "resolved_complaints": 0},
    ],
    "profile.moments": [
        moment(1, 1, "survey"),
        moment(2, 1, "survey"),
        moment(3, None, "purchase"),
        moment(4, 1, "purchase"),
        moment(5, 2, "contact_out"),
        moment(6, 2, "contact_out"),
        moment(7, 2, "purchase", occurred_at=LAST_YEAR, occurred_date=LAST_YEAR.date()),
        moment(8, 2, "page_view"),
    ],
    "ledger.tracks": MOVED,
    "staging.interactions": [{"row_no": 5, "campaign": "spring"}, {"row_no": 6, "campaign": "summer"}],
}
TABLES: dict[str, list[dict[str, Any]]] = {
    "actions": [{"capability": "feedback", "status": "ready"}],
    "lift": [
        {"experiment": "spring", "basis": "campaign", "verdict": "not shown"},
        {"experiment": "spring", "basis": "campaign", "verdict": "works"},
        {"experiment": "summer", "basis": "campaign", "verdict": "refused"},
        {"experiment": "holdout 1", "basis": "own", "verdict": "works"},
    ],
    "contact_limits": [
        {"customer_id": "c1", "channel": "email", "has_consent": True, "contacts_30d": 2, "is_eligible": False},
        {"customer_id": "c1", "channel": "sms", "has_consent": False, "contacts_30d": 0, "is_eligible": True},
        {"customer_id": "c2", "channel": "email", "has_consent": False, "contacts_30d": 1, "is_eligible": False},
        {"customer_id": "c3", "channel": "email", "has_consent": True, "contacts_30d": 0, "is_eligible": True},
    ],
    "treatments": [
        {"customer_id": who, "track": track} for who, track in (("c1", "grow"), ("c2", "rest"), ("c4", "grow"))
    ],
    "trigger_checks": [
        {"signal": "any", "direction": "drop", "judged": 10, "detectable": 2},
        {"signal": "any", "direction": "rise", "judged": 10, "detectable": 9},
        {"signal": "visits", "direction": "drop", "judged": 12, "detectable": 11},
    ],
    "plan": [{"customer_id": "c1", "offer": "o"}, {"customer_id": "c1", "offer": "p"}],
    "best_actions": [
        {"customer_id": "c1", "rank": 1, "action": "offer"},
        {"customer_id": "c1", "rank": 2, "action": "product"},
        {"customer_id": "c2", "rank": 1, "action": None},
        {"customer_id": None, "rank": 1, "action": "product"},
    ],
    "loyalty_cover": [
        {"value_tier": "top 1 %", "customers": 10, "enrolled": 3},
        {"value_tier": "top 10 %", "customers": 90, "enrolled": 47},
        {"value_tier": "all", "customers": 1000, "enrolled": 999},
    ],
    "predictions": [{"customer_id": "c1", "expected_purchases_90d": 1.5, "value_365d": None}],
    "segments": [{"customer_id": who, "segment": "rest, active"} for who in ("c1", "c2", "c4")],
    "lost_sales": [
        {"step": "cart", "outcome": "completed", "tries": 3}, {"step": "cart", "outcome": "recovered", "tries": 2},
        {"step": "cart", "outcome": "lost", "tries": 5},
    ],
}  # fmt: skip
COUNTED = {
    "complaints_resolved": (3, 4), "customers_heard": (1, 3), "profiles_complete": (3, 4), "purchases_anticipated": (1, 2),
    "value_known": (0, 2), "customers_differentiated": (2, 3), "tracks_walked": (1, 3), "changes_answered": (3, 4),
    "changes_noticed": (2, 10), "contacts_welcome": (1, 2), "contacts_optimised": (1, 2), "visitors_answered": (1, 4),
    "best_enrolled": (50, 100), "campaigns_measured": (1, 2), "tries_followed": (5, 10),
}  # fmt: skip


def measured(rows: dict[str, list[dict[str, Any]]], tables: dict[str, list[dict[str, Any]]]) -> Warehouse:
    given = [given_rows(table, tables.get(table.name, [])) for table in EMPTY]
    given += [
        Stage(Table(name, "given"), select if rows else f"select * from ({select}) where false")
        for name, select in OTHERS.items()
    ]
    judged = [
        {"category": "insight", "capability": "c", "title": "c", "requirement": name, "text": "t", "unit": "share",
         "required": 0.9, "measured": 0.25, "status": "gap"}
        for name in ("consent_known", "cart_linked")
    ]  # fmt: skip
    warehouse = house(rows)
    if rows:
        warehouse.append("quality.readiness", pl.DataFrame(judged))
    return build(warehouse, (capabilities.gate(), *given, scorecard.step()))


def test_each_measure_is_what_a_count_by_hand_says() -> None:
    found = {row["measure"]: row for row in measured(ROWS, TABLES).dicts("select * from actions.scorecard")}
    assert {name: (found[name]["counted"], found[name]["population"]) for name in COUNTED} == COUNTED
    assert {name: found[name]["share"] for name in COUNTED} == {name: some / of for name, (some, of) in COUNTED.items()}
    assert found["consent_known"]["share"] == found["sessions_known"]["share"] == 0.25  # as readiness has it
    assert (found["customers_heard"]["status"], found["best_enrolled"]["status"]) == ("ready", None)


def test_where_there_is_nothing_to_measure_no_share_is_said() -> None:
    for row in measured({}, {}).dicts("select * from actions.scorecard"):
        assert (row["share"], row["counted"], row["population"]) == (None, None, None), row["measure"]


@pytest.mark.parametrize("measure", scorecard.measures(), ids=lambda measure: str(measure["measure"]))
def test_each_measure_is_of_a_capability_and_counted_in_one_place(measure: dict[str, Any]) -> None:
    assert measure["capability"] in {of.id for of in capabilities.capabilities()}
    assert ("readiness" in measure) != (measure["measure"] in COUNTED)
    assert measure.get("readiness", "consent_known") in catalogue()["measures"]
    assert ("study" in measure) == ("share" in measure)
    assert measure["category"] in {"customer_orientation", "insight", "interaction", "improvement"}
