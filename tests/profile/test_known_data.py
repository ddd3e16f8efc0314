"""Profiles of known data sets against what others have published of them. Each data set lies behind CXUNIFY_BENCH."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from cxunify.publish.reader import Run
from tests.profile.known import known, profiled


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- CDNOW: how often, how recently, how much ------------------------------------------------------------------------------


def test_cdnow_customers_are_summed_up_as_in_the_literature(tmp_path: Path) -> None:
    """Fader, Hardie and Lee (2005): x, t_x and T in weeks up to 1997-09-30; z of Fader and Hardie (2013)."""
    rows = [line.split() for line in known("cem/CDNOW_sample.txt").read_text(encoding="ascii").splitlines()]
    with (tmp_path / "cdnow.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["customer", "date", "units", "dollars"], *(row[1:] for row in rows)])
    run = profiled(tmp_path, "cdnow", as_of=datetime(1997, 9, 30))
    numbers = run.identifiers.filter(pl.col("type") == "customer_no").select("customer_id", "value")
    found = {
        int(row["value"]): row for row in run.customers.join(numbers, on="customer_id").collect().iter_rows(named=True)
    }
    expected = {int(row["ID"]): row for row in _rows(known("cem/cdnow_customers_summary_with_transactions.csv"))}
    assert len(expected) == 2357
    assert found.keys() == expected.keys()
    for number, want in expected.items():
        got = found[number]
        assert got["repeat_purchase_days"] == int(want["x"]), number
        # the reference rounds to hundredths
        assert abs(got["recency_weeks"] - float(want["t_x"])) < 0.005, number
        assert abs(got["age_weeks"] - float(want["T"])) < 0.005, number
        assert abs((got["mean_repeat_spend"] or 0) - Decimal(want["zbar"])) <= Decimal("0.005"), number
    assert sum(row["repeat_purchase_days"] for row in found.values()) == 2457
    assert sum(row["repeat_purchase_days"] == 0 for row in found.values()) == 1411
    # what was bought after that day is in the timeline all the same
    assert run.interactions.select(pl.len()).collect().item() == len(rows) == 6919


# -- UCI Online Retail: rows, invoices, cancellations, money ----------------------------------------------------------------


def test_online_retail_adds_up_to_what_is_known_of_it(tmp_path: Path) -> None:
    run = profiled(tmp_path, "online_retail", known("cem/onlineretail.parquet").parent)
    invoices = run.interactions.select("interaction_id", "kind", "lines", "amount", "customer_id").collect()
    nobodys = invoices.filter(pl.col("customer_id").is_null())
    cancelled = invoices.filter(pl.col("kind") == "return")
    lent = invoices.filter((pl.col("kind") == "purchase") & (pl.col("amount") < 0))
    assert (invoices["lines"].sum(), len(invoices), invoices["amount"].sum()) == (
        541_909,
        25_900,
        Decimal("9747747.93"),
    )
    assert (nobodys["lines"].sum(), len(nobodys), nobodys["amount"].sum()) == (135_080, 3_710, Decimal("1447682.12"))
    assert (cancelled["lines"].sum(), len(cancelled)) == (9_288, 3_836)
    # bad debt, adjusted under numbers of its own: money that flows back, of nobody
    assert (len(lent), lent["amount"].sum(), lent["customer_id"].null_count()) == (2, Decimal("-22124.12"), 2)
    customers = run.customers.select("net_spend", "purchases", "returns").collect()
    assert len(customers) == 4_372
    assert customers["net_spend"].sum() == Decimal("9747747.93") - Decimal("1447682.12")
    assert customers["purchases"].sum() + customers["returns"].sum() == 25_900 - 3_710
    lines, alone = run.lines.collect(), invoices.filter(pl.col("lines") == 1)
    assert len(lines) + len(alone) == 541_909
    assert lines["amount"].sum() + alone["amount"].sum() == Decimal("9747747.93")
    totals = run.daily_totals.select("interactions", "lines", "amount").sum().collect()
    assert totals.row(0) == (25_900, 541_909, Decimal("9747747.93"))


# -- athvin: golden records -----------------------------------------------------------------------------------------------

BY_DEFAULT = {
    ("E2", "email"): "the newest form states another mailbox; the expected record trusts the CRM",
    ("E3", "family_name"): "two systems spell it Nowakowski, one of them later; the expected record trusts the CRM",
    ("E10", "family_name"): "two forms of one second say Lin and Linden; the expected record takes the longer one",
}
"""Entity and field: why the rules that nobody configured keep another value."""


def test_golden_records_are_the_expected_ones(tmp_path: Path) -> None:
    assert _differences(tmp_path) == {}


def test_golden_records_by_the_default_rules_differ_where_it_is_said(tmp_path: Path) -> None:
    assert _differences(tmp_path, without="profile").keys() == BY_DEFAULT.keys()


def _differences(folder: Path, without: str = "") -> dict[tuple[str, str], Any]:
    """Entity and field to the value found and the value expected, where the two differ. Birth dates tell the ten apart."""
    data = known("person/athvin_base10")
    customers = profiled(folder, "athvin", data, without=without).customers.collect().to_dicts()
    found = {str(row["birth_date"]): row for row in customers}
    expected = {row["birth_date"]: row for row in _rows(data / "expected_golden.csv")}
    assert len(customers) == len(expected) == 10
    assert found.keys() == expected.keys()
    differences = {}
    for key, want in expected.items():
        got = found[key]
        pairs = {
            **{field: (got[field], want[field]) for field in ("given_name", "family_name", "email", "birth_date")},
            "phone": (got["phone"], want["phone_e164"]),
            "street": (got["street"], f"{want['addr_number']} {want['addr_street']} {want['addr_unit']}"),
            **{field: (got[field], want[f"addr_{field}"]) for field in ("city", "region")},
            "postal_code": (got["postal_code"], want["addr_postal"]),
        }
        for field, (value, wanted) in pairs.items():
            if (str(value).lower() if value is not None else r"\N") != wanted:
                differences[want["entity_label"], field] = (value, wanted)
    return differences


# -- Snowplow: sessions, page views, users -----------------------------------------------------------------------------------

NOT_THEIRS = {
    "consent only": "their sessions hold a page view or a page ping; ours hold whatever a visitor did",
    "cut": "what goes on beyond 72 hours is another session of ours; their model drops it",
    "late": "sent more than three days after it happened: their model drops it",
    "no page view id": "a page view without an id: their model drops it, with its session",
    "no session id": "their model drops what has no session id; ours tells sessions by silence",
}
"""Why a session of ours is none of theirs, and the page views in it neither."""
PING = "a page ping says that the page was open for five seconds before, and counts as a view of it"
OTHER_SESSIONS = {
    ("No edge cases", "2021-03-02 22:59:24.752"): PING,
    ("No edge cases", "2021-03-04 22:59:24.752"): PING,
    ("stray page ping", "2021-03-03 18:01:33.658"): PING,
}
"""Stitched user and beginning of their sessions that begin earlier than ours and have a page view more: why."""
ONE_FEWER = {
    "dupe: page_view_id different derived_tstamp": "two events of one page view are one interaction with us, two events there"
}
"""Login of their sessions that count an event more: why."""
OTHER_CUSTOMERS = {
    "user stitch - session: 1st id: 1": "the whole session had a login of its own: that outranks who used the browser last",
    "NULL domain_userid": "no cookie, but a login: theirs stitches cookies only",
}
"""Login of their sessions that have another customer with us: why."""


def test_snowplow_sessions_page_views_and_users_are_those_of_its_own_model(tmp_path: Path) -> None:
    folder = known("../real/snowplow_web_0_15_2")
    run = profiled(tmp_path, "snowplow", folder / "source")
    logins = run.identifiers.filter(pl.col("type") == "login").select("customer_id", login="value")
    visits = run.sessions.join(logins, on="customer_id", how="left").sort("started_at").collect().to_dicts()
    theirs = _rows(folder / "expected" / "snowplow_web_sessions_expected.csv")
    beginnings: dict[str, Any] = {}
    for visit in visits:
        beginnings.setdefault(visit["source_session"], visit)

    for want in theirs:
        got = beginnings[want["domain_sessionid"]]
        said = (want["user_id"], want["start_tstamp"])
        pinged = said in OTHER_SESSIONS
        started = datetime.fromisoformat(want["start_tstamp"])
        assert (got["started_at"] - started).total_seconds() == (5 if pinged else 0), said
        assert got["ended_at"] == datetime.fromisoformat(want["end_tstamp"]), said
        assert got["page_views"] == int(want["page_views"]) - pinged, said
        assert got["interactions"] == int(want["total_events"]) - (want["user_id"] in ONE_FEWER), said
        if want["user_id"] in OTHER_CUSTOMERS:
            assert got["login"] != want["stitched_user_id"], said
        else:
            assert got["login"] == want["stitched_user_id"], said
    known_ids = {want["domain_sessionid"] for want in theirs}
    rest = Counter(_reason(visit, known_ids, beginnings) for visit in visits)
    assert rest.pop("theirs") == len(theirs) == 18
    assert rest == {"consent only": 26, "cut": 4, "late": 1, "no page view id": 1, "no session id": 1}
    assert rest.keys() == NOT_THEIRS.keys()

    counted = [visit for visit in visits if _reason(visit, known_ids, beginnings) == "theirs"]
    _same_page_views(run, folder, {visit["session_id"] for visit in counted})
    _same_users(folder, counted)


def _reason(visit: dict[str, Any], theirs: set[str], beginnings: dict[str, Any]) -> str:
    name = visit["source_session"]
    if name in theirs:
        return "theirs" if visit is beginnings[name] else "cut"
    login = visit["login"] or ""
    reasons = {
        "consent_accel": "consent only", "late arriving": "late", "NULL page_view_id": "no page view id",
        "NULL domain_sessionid": "no session id",
    }  # fmt: skip
    return next(reason for start, reason in reasons.items() if login.startswith(start))


def _same_page_views(run: Run, folder: Path, sessions: set[str]) -> None:
    """Each page view once, at the earliest moment that its duplicates state, in the right session."""
    views = run.interactions.filter((pl.col("kind") == "page_view") & pl.col("session_id").is_in(sessions)).collect()
    found = {
        (json.loads(row["interaction_id"])[0]["id"], row["occurred_at"], row["session_id"])
        for row in views.iter_rows(named=True)
    }
    names = dict(
        run.sessions.select("source_session", "session_id")
        .filter(pl.col("session_id").is_in(sessions))
        .collect()
        .iter_rows()
    )
    expected = {
        (row["page_view_id"], datetime.fromisoformat(row["derived_tstamp"]), names[row["domain_sessionid"]])
        for row in _rows(folder / "expected" / "snowplow_web_page_views_expected.csv")
    }
    assert len(views) == len(expected) == 43
    assert found == expected


def _same_users(folder: Path, visits: list[dict[str, Any]]) -> None:
    """Their users are cookies: sessions and page views of each."""
    theirs = _rows(folder / "expected" / "snowplow_web_users_expected.csv")
    assert len(theirs) == 11
    for want in theirs:
        mine = [visit for visit in visits if visit["visitor"] == f"device:{want['domain_userid']}"]
        pings = sum(user == want["user_id"] for user, _ in OTHER_SESSIONS)
        assert len(mine) == int(want["sessions"]), want["user_id"]
        assert sum(visit["page_views"] for visit in mine) + pings == int(want["page_views"]), want["user_id"]
        assert min(visit["started_at"] for visit in mine) == datetime.fromisoformat(want["start_tstamp"])
        assert max(visit["ended_at"] for visit in mine) == datetime.fromisoformat(want["end_tstamp"])
