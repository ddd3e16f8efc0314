from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from cxunify import profile
from tests.profile.fakes import config, warehouse

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "metrics.yaml").read_text(encoding="utf-8"))
AS_OF = datetime(2024, 6, 30, 12)


@cache
def _customers() -> dict[str, dict[str, Any]]:
    rows: dict[str, list[dict[str, Any]]] = {"records": [], "interactions": []}
    for case in CASES:
        for part, into in rows.items():
            into += [{"customer": case["case"], **row} for row in case.get(part, ())]
    with warehouse(**rows) as house:
        profile.build(house, config(), AS_OF)
        return {row["customer_id"]: row for row in house.frame("select * from profile.customers").to_dicts()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_what_is_counted_is_what_a_hand_counts(case: dict[str, Any]) -> None:
    row = _customers()[case["case"]]
    expected = {name: _plain(value) for name, value in case["expect"].items()}
    assert {name: _plain(row[name]) for name in expected} == expected


def test_quintiles_give_equal_values_equal_scores_whatever_the_ids() -> None:
    def bought(customer: int, times: int) -> list[dict[str, Any]]:
        return [
            {
                "source": "receipts",
                "kind": "purchase",
                "customer": f"c{customer}",
                "amount": 10,
                "occurred_at": "2024-01-01",
            }
        ] * times

    rows = [row for customer in range(6) for row in bought(customer, 1)]
    rows += [row for customer in range(6, 10) for row in bought(customer, customer)]
    with warehouse(interactions=rows) as house:
        profile.build(house, config(), AS_OF)
        found = house.rows(
            "select customer_id, rfm_recency, rfm_frequency, rfm_monetary from profile.customers order by 1"
        )
    assert {scores[1] for scores in found} == {1}
    assert [scores[2] for scores in found] == [1] * 6 + [4, 4, 5, 5]
    assert [scores[3] for scores in found] == [1] * 6 + [4, 4, 5, 5]


def test_no_clock_is_read_and_a_stray_date_moves_nothing() -> None:
    rows = [
        {"source": "receipts", "kind": "purchase", "customer": "c1", "occurred_at": f"2024-01-{day:02}", "amount": 1}
        for day in range(1, 29)
    ] * 40
    stray = {"source": "receipts", "kind": "purchase", "customer": "c1", "occurred_at": "2099-01-01", "amount": 1}
    with warehouse(interactions=[*rows, stray]) as house:
        assert profile.build(house, config()) == datetime(2024, 1, 28)
    with warehouse([{"source": "contacts", "customer": "c1", "updated_at": "2020-02-02"}]) as house:
        assert profile.build(house, config()) == datetime(2020, 2, 2)
    with warehouse() as house:
        assert profile.build(house, config()) is None  # nothing has a date, so no day is known


def test_retention_leaves_out_months_that_are_not_over() -> None:
    dates = ["2024-01-05", "2024-01-20", "2024-02-10", "2024-04-01"]
    rows = [
        {"source": "receipts", "kind": "purchase", "customer": "c1", "occurred_at": when, "amount": 10}
        for when in dates
    ] + [{"source": "receipts", "kind": "purchase", "customer": "c2", "occurred_at": "2024-01-31", "amount": 5}]
    with warehouse(interactions=rows) as house:
        profile.build(house, config(), datetime(2024, 4, 15))
        found = house.rows(
            "select cohort_date, months_since, customers, buyers, retention_rate from profile.retention order by all"
        )
    january = date(2024, 1, 1)
    assert found == [(january, 0, 2, 2, 1.0), (january, 1, 2, 1, 0.5), (january, 2, 2, 0, 0.0)]


def test_contact_pressure_is_counted_by_channel_too() -> None:
    rows = [
        {"source": source, "kind": "contact_out", "customer": "c1", "occurred_at": when}
        for source, when in (
            ("mails", "2024-06-29"), ("mails", "2024-06-01"), ("cases", "2024-04-15"), ("cases", "2024-07-01")
        )
    ]  # fmt: skip
    with warehouse(interactions=rows) as house:
        profile.build(house, config(), AS_OF)
        found = house.rows(
            "select channel, contacted, contacted_7d, contacted_30d, contacted_90d from profile.customer_channels order by 1"
        )
    assert found == [("crm", 1, 0, 0, 1), ("email", 2, 1, 2, 2)]


def test_first_contact_resolution_waits_for_its_seven_days() -> None:
    rows = [
        {"source": "cases", "kind": "contact_in", "customer": "c1", "occurred_at": "2024-05-01", "reason": "bill"},
        {"source": "cases", "kind": "contact_in", "customer": "c1", "occurred_at": "2024-05-05", "reason": "bill"},
        {"source": "cases", "kind": "contact_in", "customer": "c1", "occurred_at": "2024-05-06", "reason": "delivery"},
        {"source": "cases", "kind": "contact_in", "customer": "c2", "occurred_at": "2024-05-29", "reason": "bill"},
    ]
    with warehouse(interactions=rows) as house:
        profile.build(house, config(), datetime(2024, 5, 31))
        found = house.rows("select channel, contacts, round(first_contact_resolution, 4) from profile.service_months")
    assert found == [("crm", 4, 0.6667)]


def test_days_until_now_and_months_that_are_over_are_those_of_the_company() -> None:
    # All of it is late in the evening in New York: in Greenwich the next day has begun, and with it the last one of June.
    rows = [
        {"source": "receipts", "kind": "purchase", "customer": "c1", "occurred_at": moment, "amount": 5}
        for moment in ("2024-05-31T23:00-04:00", "2024-06-29T23:00-04:00")
    ]
    opened = {
        "source": "cases",
        "kind": "complaint",
        "customer": "c1",
        "occurred_at": "2024-05-31T23:00-04:00",
        "case_id": "1",
    }
    with warehouse(interactions=[*rows, opened]) as house:
        profile.build(house, config(timezone="America/New_York"), datetime(2024, 6, 30, 3, 30))
        found = house.rows("select days_since_last_purchase, tenure_days, round(age_weeks * 7) from profile.customers")
        assert found == [(0, 29, 29.0)]
        assert house.rows("select cohort_date, months_since from profile.retention") == [(date(2024, 5, 1), 0)]
        months = house.rows("select month_date from profile.service_months where complaints > 0")
        assert months == [(date(2024, 5, 1),)]


def test_paths_between_channels_begin_end_and_are_cut_by_silence() -> None:
    rows = [
        {"source": "clicks", "customer": "c1", "occurred_at": "2024-01-01"},
        {"source": "receipts", "kind": "purchase", "customer": "c1", "occurred_at": "2024-01-03", "amount": 5},
        {"source": "clicks", "customer": "c1", "occurred_at": "2024-03-03"},
    ]
    with warehouse(interactions=rows) as house:
        profile.build(house, config())
        found = house.rows(
            "select from_channel, to_channel, steps, median_gap_days, purchase_rate from profile.channel_flow order by 1, 2"
        )
    assert found == [
        ("(start)", "web", 2, None, 0.0),
        ("pos", "(end)", 1, None, 0.0),
        ("web", "(end)", 1, None, 0.0),
        ("web", "pos", 1, 2.0, 1.0),
    ]


def test_a_day_says_what_the_customer_did_and_not_what_was_done() -> None:
    kinds = {
        "clicks": ["page_view", "held_out"],
        "mails": ["contact_out", "held_out", "response", "other"],
        "cases": ["contact_in", "complaint", "resolution"],
        "receipts": ["visit", "purchase"],
    }
    rows = [
        {"source": source, "kind": kind, "customer": "c1", "occurred_at": "2024-06-01", "page": page}
        for source, listed in kinds.items()
        for kind in listed
        for page in ("https://shop.example/" if source == "clicks" else None,)
    ]
    with warehouse(interactions=rows) as house:
        profile.build(house, config(), AS_OF)
        found = house.rows("select channel, interactions, visits, contacts, acts from profile.days order by 1")
        told = house.rows(
            "select channel, count(*) from profile.daily_totals where kind = 'held_out' group by 1 order by 1"
        )
    assert found == [("crm", 3, 0, 2, 2), ("email", 3, 0, 0, 1), ("pos", 2, 1, 0, 2), ("web", 1, 1, 0, 1)]
    assert told == [("email", 1), ("web", 1)]
