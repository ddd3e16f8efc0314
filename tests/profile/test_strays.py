"""Dates that stand for none: kept in the timeline, and out of all that is counted by them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cxunify import profile
from tests.profile.fakes import config, warehouse

BODY = [datetime(2023, 1, 2, 9) + timedelta(days=day) for day in range(700)]
HISTORY = [datetime(1962, 3, 1, 9) + timedelta(days=30 * step) for step in range(760)]
ZEROS = (
    "0001-01-01", "1601-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1904-01-01", "1970-01-01",
    "1858-11-17", "1980-01-06",
)  # fmt: skip


def _built(receipts: list[datetime], **more: Any) -> Any:
    rows = [
        {"source": "receipts", "customer": "c1", "kind": "purchase", "occurred_at": at, "amount": 5} for at in receipts
    ]
    built = warehouse(interactions=rows, **more)
    profile.build(built, config())
    return built


def _customer(built: Any, *columns: str) -> dict[str, Any]:
    return dict(zip(columns, built.rows(f"select {', '.join(columns)} from profile.customers")[0], strict=True))


def test_the_zero_of_a_system_is_no_first_purchase() -> None:
    zeros = [datetime.fromisoformat(f"{zero} {clock}") for zero in ZEROS for clock in ("00:00", "05:00", "14:35")]
    built = _built([*BODY, *zeros])
    found = _customer(built, "first_seen_at", "first_purchase_at", "tenure_days", "purchases", "as_of")
    assert found == {
        "first_seen_at": BODY[0], "first_purchase_at": BODY[0], "tenure_days": 699, "purchases": 700, "as_of": BODY[-1],
    }  # fmt: skip
    assert built.rows("select min(cohort_date) from profile.retention") == [(date(2023, 1, 1),)]
    assert built.rows("select count(*), count_if(not has_date) from profile.moments") == [(730, 30)]


def test_many_of_them_are_none_either() -> None:
    built = _built([*BODY[:20], *[datetime(1970, 1, 1)] * 30])
    assert _customer(built, "first_purchase_at", "purchases") == {"first_purchase_at": BODY[0], "purchases": 20}


@pytest.mark.parametrize(
    ("receipts", "strays"),
    [
        (HISTORY, 0),  # a company that sold on the first of January 1970 sold before and after it
        ([*HISTORY, datetime(1970, 1, 1)], 0),
        ([*BODY, datetime(1987, 5, 4, 10)], 1),  # a till whose clock was not set
        ([*BODY[:50], *BODY[:3], datetime(1987, 5, 4, 10)], 0),  # of few rows, one is not hardly anything
        ([*BODY, datetime(2016, 5, 4, 10)], 0),  # an old customer
        ([*BODY, *[datetime(1999, 1, 1) + timedelta(days=30 * step) for step in range(40)]], 0),  # an older system
        ([datetime(2031, 5, 4, 10), *BODY], 0),  # is in the future, which is another matter
    ],
    ids=["history", "history and its zero day", "far", "few rows", "near", "an older system", "future"],
)
def test_a_long_history_has_no_strays(receipts: list[datetime], strays: int) -> None:
    built = _built(receipts)
    assert built.scalar("select count_if(not has_date) from profile.moments") == strays


def _records(*stated: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"source": "contacts", "customer": f"c{number}", **row} for number, row in enumerate(stated)]


def test_records_of_a_zero_day_have_no_date() -> None:
    built = warehouse(
        records=_records({"created_at": datetime(1900, 1, 1)}, {"created_at": datetime(2024, 5, 1)}),
    )
    profile.build(built, config())
    found = built.rows("select first_seen_at, tenure_days, as_of from profile.customers order by customer_id")
    assert found == [(None, None, datetime(2024, 5, 1)), (datetime(2024, 5, 1), 0, datetime(2024, 5, 1))]


def test_without_any_date_no_day_is_known() -> None:
    built = warehouse(records=_records({"birth_date": date(1985, 3, 4)}, {}))
    assert profile.build(built, config()) is None
    assert built.rows("select distinct as_of, tenure_days, interactions from profile.customers") == [(None, None, 0)]


def test_with_zero_days_alone_no_day_is_known() -> None:
    assert _customer(_built([datetime(1970, 1, 1)] * 3), "as_of", "purchases") == {"as_of": None, "purchases": 0}
