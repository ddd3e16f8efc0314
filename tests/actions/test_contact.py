"""Whom one may contact where: caps as an oracle counts them, consent never inferred, nobody who is held out or complains."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxunify.actions import capabilities, contact, holdout
from tests.actions.house import AS_OF, TODAY, build, config, house

COMPLAINT = {"is_complaint": True, "is_open": True, "opened_at": AS_OF}


def limits(rows: dict[str, list[dict[str, Any]]], **actions: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """What contact_limits says, by customer and channel."""
    chosen = config(**{"holdout": {"share": 0}, **actions})
    ready = ["contact_orchestration"]
    with house(rows, ready=ready) as warehouse:
        build(
            warehouse,
            (capabilities.gate(), *holdout.steps(chosen), *contact.steps(chosen)),
            salt=chosen.actions.holdout.salt,
        )
        found = warehouse.frame("select * from actions.contact_limits").to_dicts()
    return {(row["customer_id"], row["channel"]): row for row in found}


def person(
    number: int = 1, *, email: str | None = "valid", says: bool | None = True
) -> dict[str, list[dict[str, Any]]]:
    """One customer with a mailbox, and what it says to e-mail."""
    name = f"c{number}"
    return {
        "profile.numbers": [{"customer_id": name, "customer_no": number}],
        "identity.identifiers": [{"customer_id": name, "type": "email", "value": "x@example.org", "status": email}]
        if email
        else [],
        "profile.consent": [{"customer_no": number, "customer_id": name, "channel": "email", "is_allowed": says}],
    }


def sent(days_ago: int, row_no: int, channel: str = "email", campaign: str = "spring") -> dict[str, dict[str, Any]]:
    day = TODAY - timedelta(days=days_ago)
    moment = {
        "row_no": row_no, "customer_no": 1, "channel": channel, "kind": "contact_out", "has_date": True,
        "occurred_at": datetime(day.year, day.month, day.day, 9), "occurred_date": day,
    }  # fmt: skip
    return {"profile.moments": moment, "staging.interactions": {"row_no": row_no, "campaign": campaign}}


def contacted(*contacts: dict[str, dict[str, Any]], **more: Any) -> dict[str, list[dict[str, Any]]]:
    rows = person(**more)
    for name in ("profile.moments", "staging.interactions"):
        rows[name] = [one[name] for one in contacts]
    return rows


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (person(), None),
        (person(says=False), "no consent"),
        (person(says=None), "no consent"),
        ({**person(), "profile.consent": []}, "never asked"),
        (person(email=None), "no address"),
        (person(email="shared"), "shared address"),
        (person(email="placeholder"), "no address"),
        (
            {**person(), "profile.cases": [{"case_id": "1", "channel": "crm", "customer_no": 1, **COMPLAINT}]},
            "open complaint",
        ),
        (contacted(sent(0, 1), sent(6, 2)), "cap 7 days"),
        (contacted(sent(0, 1), sent(7, 2)), None),
        (contacted(sent(0, 1, "crm"), sent(6, 2, "crm")), "cap 7 days"),
        (contacted(sent(0, 1, campaign="order_1"), sent(6, 2, campaign="ORDER_2")), None),
        (contacted(sent(0, 1, "sms"), sent(1, 2, "sms"), sent(2, 3, "sms")), "cap 7 days, all channels"),
    ],
)  # fmt: skip
def test_the_first_reason_why_not_is_said(rows: dict[str, list[dict[str, Any]]], reason: str | None) -> None:
    found = limits(rows, transactional=["order_*"])["c1", "email"]
    assert (found["reason"], found["is_eligible"]) == (reason, reason is None)


def test_who_is_held_out_is_nobodys_to_contact() -> None:
    found = limits(person(), holdout={"share": 1})["c1", "email"]
    assert (found["reason"], found["is_eligible"]) == ("held out", False)


def test_what_readiness_refuses_has_its_columns_and_no_rows() -> None:
    chosen = config()
    with house(person()) as warehouse:
        build(warehouse, (capabilities.gate(), *holdout.steps(chosen), *contact.steps(chosen)))
        assert warehouse.scalar("select count(*) from actions.contact_limits") == 0
        assert warehouse.scalar("select count(*) from actions.limits") == 3


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 100), st.sampled_from(["email", "sms", "crm"])), max_size=9),
    st.fixed_dictionaries({}, optional={f"per_{days}d": st.integers(0, 3) for days in (7, 30, 90)}),
    st.fixed_dictionaries({}, optional={f"per_{days}d": st.integers(0, 4) for days in (7, 30, 90)}),
)
def test_caps_are_counted_as_one_counts_them_by_hand(
    contacts: list[tuple[int, str]], email: dict[str, int], over_all: dict[str, int]
) -> None:
    rows = contacted(*(sent(days, number, channel) for number, (days, channel) in enumerate(contacts, 1)))
    found = limits(rows, contact={"email": email, "sms": {}, "all": over_all})["c1", "email"]
    own = sorted(days for days, channel in contacts if channel != "sms")
    every = sorted(days for days, _ in contacts)
    rooms, waits, never = [], [0], False
    for ages, caps in ((own, email), (every, over_all)):
        for name, most in caps.items():
            days = int(name.removeprefix("per_").removesuffix("d"))
            within = [age for age in ages if age < days]
            rooms.append(max(most - len(within), 0))
            never |= most == 0
            if most and len(within) >= most:
                waits.append(days - within[most - 1])
    assert found["headroom"] == (min(rooms) if rooms else None)
    assert found["free_from_date"] == (None if never else TODAY + timedelta(days=max(waits)))
    assert [found[f"contacts_{days}d"] for days in (7, 30, 90)] == [
        sum(age < days for age in own) for days in (7, 30, 90)
    ]
    assert found["is_eligible"] == (not never and max(waits) == 0)
