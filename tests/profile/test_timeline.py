from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxunify import profile
from tests.profile.fakes import config, warehouse

START = datetime(2024, 1, 1)


def _click(minute: float, device: str | None = "d1", **more: Any) -> dict[str, Any]:
    carried = {"identifiers": {"device_id": device}} if device else {}
    when = START + timedelta(minutes=minute)
    return {
        "source": "clicks",
        "occurred_at": when,
        "interaction_id": f"e{minute}-{device}",
        "page": "https://s/p",
        **carried,
        **more,
    }


def _sessions(rows: list[dict[str, Any]], columns: str, **rules: Any) -> list[tuple[Any, ...]]:
    with warehouse(interactions=rows) as house:
        profile.build(house, config(profile=rules))
        return house.rows(f"select {columns} from profile.sessions order by started_at, session_id")


def test_a_campaign_that_is_no_utf_8_is_unknown_and_stops_nothing() -> None:
    rows = [_click(0, page="https://s/?utm_source=x&utm_campaign=caf%E9")]
    assert _sessions(rows, "utm_source, utm_campaign") == [("x", None)]


def test_half_an_hour_of_silence_ends_a_session_and_no_less() -> None:
    rows = [_click(0), _click(30), _click(60.1)]
    assert _sessions(rows, "session_id, interactions") == [("clicks:e0-d1", 2), ("clicks:e60.1-d1", 1)]
    assert _sessions(rows, "interactions", session_minutes=31) == [(3,)]


def test_visitors_do_not_share_sessions() -> None:
    rows = [_click(0, "d1"), _click(1, "d2"), _click(2, "d1"), _click(3, None, session="s9"), _click(4, None)]
    assert _sessions(rows, "visitor, interactions") == [("device:d1", 2), ("device:d2", 1), (None, 1)]


def test_the_extracts_own_session_wins_unless_told_otherwise() -> None:
    rows = [_click(0, session="s1"), _click(1, session="s2"), _click(500, session="s1")]
    assert _sessions(rows, "source_session, interactions") == [("s1", 2), ("s2", 1)]
    assert _sessions(rows, "interactions", session_by="silence") == [(2,), (1,)]


def test_a_short_session_id_names_a_session_of_its_visitor_only() -> None:
    def rows(name: str) -> list[dict[str, Any]]:
        return [_click(0, "d1", session=name), _click(1, "d2", session=name)]

    assert _sessions(rows("1704067200"), "interactions") == [(1,), (1,)]
    assert _sessions(rows("067bcc8e-0a5f-4b5e-9a55-5d2b0f1c1c1c"), "interactions") == [(2,)]


def test_a_session_goes_on_in_another_extract_of_its_channel() -> None:
    def rows(name: str, device: str | None) -> list[dict[str, Any]]:
        order = {"source": "orders", "kind": "purchase", "amount": 5, "interaction_id": "o1"}
        return [
            _click(0, device, session=name),
            _click(1, device, session=name, **order),
            _click(2, device, session=name),
        ]

    long = "067bcc8e-0a5f-4b5e-9a55-5d2b0f1c1c1c"
    assert _sessions(rows(long, None), "session_id, interactions, purchases") == [("clicks:e0-None", 3, 1)]
    assert _sessions(rows("17", "d1"), "interactions, purchases") == [(3, 1)]
    assert _sessions(rows("17", None), "interactions, purchases") == [(2, 0), (1, 1)]


def test_a_session_is_cut_at_the_longest_there_may_be() -> None:
    name = "067bcc8e-0a5f-4b5e-9a55-5d2b0f1c1c1c"
    rows = [_click(60 * hour, session=name, page=f"https://s/{hour}") for hour in (0, 11, 12, 13, 30)]
    rows.append(_click(-1, "d2"))
    assert _sessions(rows, "interactions") == [(1,), (5,)]
    cut = _sessions(rows, "session_id, entry_page, exit_page, interactions", session_max_hours=12)
    assert cut[1:] == [
        ("clicks:e0-d1", "https://s/0", "https://s/11", 2),
        ("clicks:e720-d1", "https://s/12", "https://s/13", 2),
        ("clicks:e1800-d1", "https://s/30", "https://s/30", 1),
    ]


def test_midnight_and_campaigns_end_sessions_where_asked_for() -> None:
    night = [_click(23 * 60 + 55), _click(24 * 60 + 5)]
    assert _sessions(night, "interactions") == [(2,)]
    assert _sessions(night, "interactions", session_breaks=["midnight"]) == [(1,), (1,)]
    rows = [_click(0), _click(1, page="https://s/?utm_source=x&utm_campaign=spring"), _click(2)]
    assert _sessions(rows, "interactions") == [(3,)]
    assert _sessions(rows, "interactions, utm_campaign", session_breaks=["campaign"]) == [(1, None), (2, "spring")]


def test_what_a_session_tells() -> None:
    rows = [
        _click(
            0,
            page="https://shop/land?utm_source=news%20letter&utm_medium=email&utm_term=a",
            referrer="https://search.example/q?x=1",
        ),
        _click(1, kind="product_view", page="https://shop/p/1"),
        _click(2, kind="cart", page=None, properties={"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}),
        _click(9, kind="purchase", page="https://shop/thanks", amount=12.5),
    ]
    columns = (
        "entry_page, exit_page, referrer_host, utm_source, utm_medium, utm_term, utm_campaign, page_views, carts, purchases,"
        " purchase_spend, is_conversion, is_bot, duration_seconds"
    )
    assert _sessions(rows, columns) == [
        ("https://shop/land?utm_source=news%20letter&utm_medium=email&utm_term=a", "https://shop/thanks", "search.example",
         "news letter", "email", "a", None, 2, 1, 1, Decimal("12.50"), True, True, 540),
    ]  # fmt: skip


def test_a_login_in_the_middle_says_whose_the_beginning_was() -> None:
    rows = [_click(0), _click(1, customer="c1", kind="login")]
    assert _sessions(rows, "customer_id, interactions, logins") == [("c1", 2, 1)]


def test_events_of_one_instant_keep_the_order_of_the_extract() -> None:
    rows = [_click(0, interaction_id=f"e{place}", page=f"https://s/{place}") for place in range(5)]
    assert _sessions(rows, "entry_page, exit_page") == [("https://s/0", "https://s/4")]


def test_days_are_the_companys_and_instants_are_utc() -> None:
    rows = [{"source": "receipts", "occurred_at": "2024-01-01T03:00:00", "kind": "purchase"}]
    with warehouse(interactions=rows) as house:
        profile.build(house, config(timezone="America/New_York"))
        found = house.rows("select year, occurred_at, occurred_date from profile.interactions")
    assert found == [(2024, datetime(2024, 1, 1, 3), date(2023, 12, 31))]


def test_what_is_kept_beside_the_columns_is_json() -> None:
    rows = [
        {"source": "receipts", "occurred_at": START, "properties": {"till": '7"', "émoji": "🎈"}},
        {"source": "receipts", "occurred_at": START, "properties": {}},
    ]
    with warehouse(interactions=rows) as house:
        profile.build(house, config())
        found = house.rows(
            "select properties ->> '$.till', properties ->> '$.émoji' from profile.interactions order by interaction_id"
        )
    assert found == [('7"', "🎈"), (None, None)]


SOURCES = ("receipts", "clicks", "cases", "surveys")
events = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(SOURCES),
            "kind": st.sampled_from(
                ["purchase", "return", "page_view", "complaint", "resolution", "survey", "optout", "contact_out"]
            ),
            "customer": st.sampled_from([None, "c1", "c2", "c3"]),
            "occurred_at": st.one_of(
                st.none(),
                st.datetimes(datetime(2022, 12, 30), datetime(2025, 1, 3)).map(
                    lambda when: when.replace(microsecond=0)
                ),
            ),
            "amount": st.one_of(st.none(), st.decimals(-500, 500, places=2)),
            "currency": st.sampled_from([None, "USD", "EUR"]),
            "location": st.sampled_from([None, "S1", "S2"]),
            "case_id": st.sampled_from([None, None, "k1", "k2"]),
            "identifiers": st.sampled_from([None, {"device_id": "d1"}, {"device_id": "d2"}]),
            "lines": st.integers(1, 4),
        }
    ),
    max_size=25,
)


@given(events)
@settings(max_examples=12)
def test_every_interaction_comes_out_once_and_totals_reconcile_to_the_cent(rows: list[dict[str, Any]]) -> None:
    with warehouse(interactions=rows) as house:
        profile.build(house, config(timezone="Asia/Kolkata"))
        staged = house.rows("select source, interaction_id, occurred_at, kind, amount from staging.interactions")
        published = house.rows("select source, interaction_id, occurred_at, kind, amount from profile.interactions")
        assert Counter(published) == Counter(staged)
        totals = house.rows("""
            select source, location, day, count(*), sum(amount), sum(lines)
            from (select *, timezone('Asia/Kolkata', timezone('UTC', occurred_at))::date as day from staging.interactions)
            group by all""")
        found = house.rows(
            "select source, location, occurred_date, sum(interactions), sum(amount), sum(lines)"
            " from profile.daily_totals group by all"
        )
        assert Counter(found) == Counter(totals)
        owned, total = house.rows("select sum(identified_interactions), sum(interactions) from profile.daily_totals")[0]
        assert (total or 0) == len(rows)
        assert (owned or 0) == house.scalar("select count(customer_id) from profile.interactions")
        # What customers did adds up to what happened, up to as_of and of a known day.
        per_customer = house.rows("select sum(interactions), sum(purchases), sum(net_spend) from profile.customers")[0]
        straight = house.rows("""
            select count(*), count(*) filter (where kind = 'purchase' and coalesce(amount, 0) >= 0),
                coalesce(sum(case kind when 'purchase' then amount when 'return' then -abs(amount) end)
                    filter (where coalesce(currency, 'USD') = 'USD'), 0)
            from profile.interactions, profile.clock where customer_id is not null and occurred_at <= as_of""")[0]
        assert tuple(value or 0 for value in per_customer) == straight
        for table, grain in (
            ("sessions", "session_id"), ("days", "customer_no, channel, day"), ("visits", "row_no"), ("moments", "row_no"),
            ("customer_channels", "customer_no, channel"), ("traces", "trace_id"), ("statements", "row_no"),
        ):  # fmt: skip
            assert house.scalar(f"select count(*) - count(distinct ({grain})) from profile.{table}") == 0, table
        visited = house.scalar("select coalesce(sum(interactions), 0) from profile.sessions")
        assert visited == house.scalar("select count(session_id) from profile.interactions")


def test_late_stitching_rewrites_history_and_taking_it_back_does_too() -> None:
    rows = [_click(0), _click(5)]
    with warehouse(interactions=rows) as house:
        for owner in (None, "c1", "c2", None):
            house.execute(
                "update identity.trace_assignments set customer_id = $owner, identified_by = 'device'", {"owner": owner}
            )
            profile.build(house, config())
            assert house.rows("select distinct customer_id, identified_by from profile.interactions") == [
                (owner, owner and "device")
            ]
            assert house.rows("select customer_id, interactions from profile.customers") == (
                [(owner, 2)] if owner else []
            )


@pytest.mark.parametrize("threads", [1, 2])
def test_an_empty_warehouse_gives_empty_tables(threads: int) -> None:
    with warehouse(threads=threads) as house:
        profile.build(house, config())
        for table in ("customers", "interactions", "sessions", "cases", "retention", "store_months", "daily_totals"):
            assert house.rows(f"select * from profile.{table}") == []


def test_scores_on_different_scales_are_not_averaged() -> None:
    def score(source: str, location: str, score: float, kind: str = "survey") -> dict[str, Any]:
        return {
            "source": source,
            "kind": kind,
            "location": location,
            "score": score,
            "customer": "c1",
            "occurred_at": "2024-06-02",
        }

    rows = [score("clicks", "one", 4), score("clicks", "one", 5), score("clicks", "two", 4), score("orders", "two", 9)]
    rows += [
        score("clicks", "three", 4),
        score("clicks", "three", 80, "mystery_shop"),
        score("clicks", "four", 4, "other"),
    ]
    rows += [{**score("clicks", "five", 0), "score": None}]
    with warehouse(interactions=rows) as house:
        profile.build(house, config())
        found = house.rows("select location, surveys, score_source, average_score from profile.store_months")
    assert {place: told for place, *told in found} == {
        "one": [2, "clicks", 4.5],
        "two": [2, None, None],
        "three": [2, None, None],
        "five": [1, None, None],
    }
