"""Which track customers are on, by which channel, and what they came from: the first that fits, as anybody would decide by hand."""

from __future__ import annotations

import hashlib
import operator
import os
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cxunify.actions import holdout
from cxunify.actions.capabilities import gate
from cxunify.actions.contact import steps as contact
from cxunify.actions.stages import of_layer, value_tier
from cxunify.actions.treatments import steps as treatments
from cxunify.actions.treatments.capacity import allotted
from cxunify.actions.treatments.moves import median
from cxunify.config import Config
from cxunify.config.comparisons import can_hold
from cxunify.config.tracks import ALARMS, SIGNALS, columns, shipped
from cxunify.schema.actions import TRIGGER_CHECKS, TRIGGERS
from cxunify.schema.predictions import CLOSED, PREDICTIONS, SEGMENTS
from cxunify.warehouse import Stage, Warehouse, statement
from tests.actions.house import AS_OF, TODAY, build, config, house

Rows = list[dict[str, Any]]


def given_rows(table: Any, rows: Rows) -> Stage:
    """A published table of another part of the layer, with these rows."""
    names = ", ".join(f'"{name}"' for name in table.types)
    if not rows:
        return Stage(of_layer(table), f"select {_nulls(table, {})} where false")
    each = " union all ".join(f"select {_nulls(table, row)}" for row in rows)
    return Stage(of_layer(table), f"select {names} from ({each}) as told")


def _nulls(table: Any, row: Mapping[str, Any]) -> str:
    said = {name: "null" if row.get(name) is None else f"'{row[name]}'" for name in table.types}
    return ", ".join(f'{said[name]}::{kind} as "{name}"' for name, kind in table.types.items())


def world(
    chosen: Config,
    people: Mapping[str, Mapping[str, Any]],
    *,
    consent: tuple[str, ...] = ("email", "phone"),
    acts: Rows = (),  # type: ignore[assignment]
    logged: Rows = (),  # type: ignore[assignment]
    believed: tuple[str, ...] = SIGNALS,
    believed_before: Rows = (),  # type: ignore[assignment]
    ready: tuple[str, ...] = ("treatment_tracks", "contact_orchestration", "behaviour_triggers"),
    **params: Any,
) -> Warehouse:
    """Customers, each with what columns say of it, all of them reachable and consenting, and their treatments."""
    numbers = {name: number for number, name in enumerate(sorted(people))}
    customers = [
        {"customer_id": name, "customer_no": numbers[name], **{key: value for key, value in of.items() if key in CUSTOMER}}
        for name, of in people.items()
    ]  # fmt: skip
    rows: dict[str, Rows] = {
        "profile.numbers": [{"customer_id": name, "customer_no": number} for name, number in numbers.items()],
        "profile.customers": customers,
        "profile.behaviour": [
            {"customer_no": numbers[name], "last_purchase_at": of["last_purchase_at"]}
            for name, of in people.items() if "last_purchase_at" in of
        ],
        "profile.consent": [
            {"customer_no": number, "customer_id": name, "channel": channel, "is_allowed": said,
             "stated_at": people[name].get(f"consent_{channel}_at")}
            for name, number in numbers.items()
            for channel, said in people[name].get("consent", dict.fromkeys(consent, True)).items()
        ],
        "profile.cases": [
            {"customer_no": numbers[name], "case_id": name, "is_complaint": True, "is_open": True,
             "opened_at": AS_OF - timedelta(days=3)}
            for name, of in people.items() if of.get("open_complaints")
        ],
        "profile.moments": [
            {"row_no": place, "occurred_date": act["at"].date(), "has_date": True, "occurred_at": act["at"],
             "kind": act.get("kind", "contact_in"), "channel": act["channel"], "customer_no": numbers[act["who"]]}
            for place, act in enumerate(acts)
        ],
        "staging.interactions": [{"row_no": place} for place, _ in enumerate(acts)],
        "identity.identifiers": [
            {"customer_id": name, "type": kind, "value": f"{name} {kind}", "status": "valid"}
            for name, of in people.items() for kind in of.get("addresses", ("email", "phone"))
        ],
        "ledger.tracks": list(logged),
        "ledger.alarms": list(believed_before),
    }  # fmt: skip
    warehouse = house(rows, ready=ready)
    triggers = [
        {"customer_id": name, "signal": signal, "direction": direction, "since_date": TODAY - timedelta(days=40)}
        for name, of in people.items()
        for direction in ALARMS
        for signal in of.get(direction, ())
        if signal in believed and "behaviour_triggers" in ready
    ]
    checks = [
        {"signal": signal, "direction": direction, "verdict": "ready" if signal in believed else "refused"}
        for signal in (SIGNALS if "behaviour_triggers" in ready else ())
        for direction in ALARMS
    ]
    known = [
        given_rows(PREDICTIONS, [{"customer_id": name, **of} for name, of in people.items() if "p_alive" in of]),
        given_rows(SEGMENTS, [{"customer_id": name, **of} for name, of in people.items() if "rhythm" in of]),
        given_rows(TRIGGERS, triggers),
        given_rows(TRIGGER_CHECKS, checks),
    ]
    return build(
        warehouse, [gate(), *known, *holdout.steps(chosen), *contact(chosen), *treatments.steps(chosen)], **params
    )


CUSTOMER = (
    "open_complaints",
    "first_purchase_at",
    "purchase_days",
    "city",
    "consent_email",
    "consent_sms",
    "net_spend",
)
EVERYBODY = {"holdout": {"share": 0}}


def treated(warehouse: Warehouse, *names: str) -> dict[str, Any]:
    """By customer: one column, or several."""
    with warehouse:
        frame = warehouse.frame("select * from actions.treatments")
    return {
        row["customer_id"]: row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)
        for row in frame.to_dicts()
    }


LONG_AGO = datetime(2024, 1, 1)
BUYER = {"first_purchase_at": LONG_AGO, "purchase_days": 9, "p_alive": 0.9, "overdue_days": 0, "value_365d": 50, "rhythm": "active",
         "value_tier": "top 50 %"}  # fmt: skip
PEOPLE: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "complains, whatever else": ({**BUYER, "open_complaints": 1, "drop": ["any"]}, "recover", "open_complaints 1"),
    "one of the best, who comes less often": (
        {**BUYER, "value_tier": "top 5 %", "drop": ["visits", "any"]}, "keep", "value_tier top 5 %; drop any, visits"),
    "one of the best, probably gone": (
        {**BUYER, "value_tier": "top 10 %", "p_alive": 0.4}, "keep", "value_tier top 10 %; p_alive 0.40"),
    "comes less often, but is none of the best": ({**BUYER, "drop": ["any"]}, "regular", "rhythm active"),
    "new": ({**BUYER, "first_purchase_at": AS_OF - timedelta(days=29)}, "welcome", "first_purchase_at 29 days ago"),
    "new no longer": ({**BUYER, "first_purchase_at": AS_OF - timedelta(days=30)}, "regular", "rhythm active"),
    "bought once, not long ago": ({**BUYER, "purchase_days": 1}, "second", "purchase_days 1; overdue_days 0; p_alive 0.90"),
    "comes more often": ({**BUYER, "rise": ["purchases"]}, "grow", "rise purchases"),
    "gone": ({**BUYER, "p_alive": 0.1, "rhythm": "gone"}, "win_back", "p_alive 0.10; value_365d 50.00"),
    "gone, and worth nothing": ({**BUYER, "p_alive": 0.1, "rhythm": "gone", "value_365d": 0}, "rest", None),
    "never bought": ({"rhythm": "never bought"}, "rest", None),
    "known by a record alone": ({}, "rest", None),
}  # fmt: skip


def test_everybody_is_on_the_first_track_that_fits() -> None:
    found = treated(world(config(**EVERYBODY), {name: of for name, (of, _, _) in PEOPLE.items()}), "track", "reasons")
    assert found == {name: (track, reasons) for name, (_, track, reasons) in PEOPLE.items()}


def test_nobody_is_on_a_track_where_readiness_says_no() -> None:
    warehouse = world(config(), {"a": BUYER}, ready=("contact_orchestration",))
    assert warehouse.scalar("select count(*) from actions.walks") == 0
    assert treated(warehouse, "track") == {}


def test_the_channel_is_where_the_customer_was_last_active_then_the_cheapest() -> None:
    chosen = config(**EVERYBODY, contact={"email": {"cost": 0.1}, "phone": {"cost": 4}, "sms": {}})
    acts = [
        {"who": "called last", "channel": "email", "at": AS_OF - timedelta(days=9)},
        {"who": "called last", "channel": "phone", "at": AS_OF - timedelta(days=8)},
        {"who": "calls once it is known", "channel": "phone", "at": AS_OF + timedelta(days=8)},
    ]
    people = dict.fromkeys(
        ("called last", "calls once it is known", "silent", "worth a letter", "worth nothing"), BUYER
    )
    people["worth nothing"] = {**BUYER, "value_365d": 0}
    found = treated(world(chosen, people, acts=acts), "channel", "blocked_by")
    assert found == {
        "called last": ("phone", None),
        "calls once it is known": ("email", None),
        "silent": ("email", None),
        "worth a letter": ("email", None),
        "worth nothing": (
            None,
            "email: costs more than it is worth; phone: costs more than it is worth; sms: never asked",
        ),
    }


def test_a_channel_makes_so_many_contacts_only_those_of_the_first_tracks_and_the_most_valuable() -> None:
    chosen = config(**EVERYBODY, contact={"phone": {"capacity": 3}})
    people: dict[str, dict[str, Any]] = {f"regular {value}": {**BUYER, "value_365d": value} for value in (10, 20, 30)}
    people["complains"] = {**BUYER, "open_complaints": 1, "value_365d": 1}
    found = treated(world(chosen, people), "channel", "blocked_by")
    assert found == {
        "complains": ("phone", None),
        "regular 30": ("phone", None),
        "regular 20": ("phone", None),
        "regular 10": (None, "phone: capacity"),
    }


def test_whose_channel_has_no_room_left_goes_by_the_next_one_that_may_be_used() -> None:
    chosen = config(
        **EVERYBODY,
        contact={"email": {"capacity": 1, "cost": 0.1}, "phone": {"capacity": 1, "cost": 1}, "sms": {"cost": 2}},
    )
    people: dict[str, dict[str, Any]] = {f"v{value}": {**BUYER, "value_365d": value} for value in (10, 20, 30, 40)}
    people["v10"]["consent"] = {"email": True, "phone": True}
    people["v30"]["consent"] = {"email": True}
    people["v20"]["consent"] = people["v40"]["consent"] = {"email": True, "phone": True, "sms": True}
    people["complains"] = {**BUYER, "open_complaints": 1, "value_365d": 1}
    found = treated(world(chosen, people), "channel", "passed_over", "blocked_by")
    assert found == {
        "complains": ("phone", None, None),
        "v40": ("email", None, None),
        "v30": (None, "email", "phone: never asked; sms: never asked; email: capacity"),
        "v20": ("sms", "email, phone", None),
        "v10": (None, "email, phone", "sms: never asked; email: capacity; phone: capacity"),
    }


@given(
    st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True), max_size=25),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 4)),
)
def test_channels_are_allotted_as_one_after_another_would_choose(
    wanted: list[list[str]], capacities: dict[str, int]
) -> None:
    options = pl.DataFrame(
        [(turn, 100 - turn, float(place), 0.0, channel) for turn, of in enumerate(wanted) for place, channel in enumerate(of)],
        schema={"turn": pl.Int64, "customer_no": pl.Int64, "ago": pl.Float64, "cost": pl.Float64, "channel": pl.String},
        orient="row",
    )  # fmt: skip
    limits = pl.DataFrame(list(capacities.items()), schema={"channel": pl.String, "capacity": pl.Int64}, orient="row")
    left, by_hand = dict(capacities), {}
    for turn, of in enumerate(wanted):
        passed: list[str] = []
        for channel in of:
            if left.get(channel, 1) > 0:
                left[channel] = left.get(channel, 10**6) - 1
                break
            passed.append(channel)
        if passed:
            by_hand[100 - turn] = (of[len(passed)] if len(passed) < len(of) else None, ", ".join(passed))
    found = allotted(options.sample(fraction=1, shuffle=True, seed=1), limits)
    assert {number: told for number, *told in found.iter_rows()} == {name: [*of] for name, of in by_hand.items()}


def test_a_complaint_is_answered_by_service_alone_and_only_where_nothing_else_forbids_it() -> None:
    tracks = [
        {"track": "answer", "when": {"city": "Kiel"}, "channel": "phone", "service": True},
        {"track": "sell", "channel": "phone"},
    ]
    people = {
        "complains": {"city": "Kiel", "open_complaints": 2},
        "is sold to": {"city": "Bonn", "open_complaints": 1},
    }
    by = {name: config(tracks=tracks, holdout={"share": share}) for name, share in (("all", 0), ("none", 1))}
    assert treated(world(by["all"], people), "channel", "blocked_by") == {
        "complains": ("phone", None),
        "is sold to": (None, "phone: open complaint"),
    }
    # An answer is no marketing: who is held out gets it too, within the caps, and is sold nothing.
    held_out = {**people, "is held out": {"city": "Bonn"}, "asked otherwise": {"city": "Kiel"}}
    assert treated(world(by["none"], held_out), "arm", "channel", "blocked_by") == {
        "complains": ("held_out", "phone", None),
        "asked otherwise": ("held_out", "phone", None),
        "is sold to": ("held_out", None, "phone: open complaint"),
        "is held out": ("held_out", None, "phone: held out"),
    }
    full = config(tracks=tracks, holdout={"share": 1}, contact={"phone": {"per_90d": 0}})
    assert treated(world(full, held_out), "blocked_by")["complains"] == "phone: cap"
    silent = treated(world(by["all"], people, consent=("email",)), "blocked_by")
    assert silent["complains"] == "phone: never asked"


def test_a_track_of_a_channel_that_contacts_do_not_know_contacts_nobody() -> None:
    found = treated(
        world(config(**EVERYBODY, contact={"email": {}}), {"a": {**BUYER, "open_complaints": 1}}), "blocked_by"
    )
    assert found == {"a": "phone: no channel of contacts"}


CONDITIONS: dict[str, tuple[dict[str, Any], bool]] = {
    "a value": ({"purchase_days": 9}, True),
    "another value": ({"purchase_days": 8}, False),
    "one of a list": ({"purchase_days": [1, 9]}, True),
    "between": ({"p_alive": ">=0.9 <1"}, True),
    "not between": ({"p_alive": ">0.9 <1"}, False),
    "one comparison of a list": ({"p_alive": ["<0.1", ">0.8"]}, True),
    "days ago": ({"first_purchase_at": f"={(TODAY - LONG_AGO.date()).days}"}, True),
    "a word": ({"rhythm": "active"}, True),
    "another word": ({"rhythm": "!=active"}, False),
    "a text with a quote": ({"city": "L'Aquila"}, True),
    "known": ({"expressed_need": None}, True),
    "not known": ({"rhythm": None}, False),
    "what is not known is not less": ({"expected_purchases_90d": "<5"}, False),
    "what is not known is not unlike": ({"expressed_need": "!=advice"}, False),
    "a yes": ({"consent_email": True}, True),
    "an alarm": ({"drop": True}, True),
    "no alarm": ({"drop": False}, False),
    "an alarm of that signal": ({"drop": "visits"}, True),
    "an alarm of one of these": ({"drop": ["purchases", "any"]}, False),
    "no alarm of that direction": ({"rise": False}, True),
    "all of it": ({"drop": True, "rhythm": "active", "p_alive": ">0.5"}, True),
    "not all of it": ({"drop": True, "rhythm": "gone", "p_alive": ">0.5"}, False),
    "nothing": ({}, True),
}


@pytest.mark.parametrize(("when", "holds"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_holds_as_it_reads(when: dict[str, Any], holds: bool) -> None:
    chosen = config(**EVERYBODY, tracks=[{"track": "one", "when": when}])
    person = {**BUYER, "drop": ["visits"], "consent_email": True, "city": "L'Aquila"}
    found = treated(world(chosen, {"a": person}), "track")
    assert found == ({"a": "one"} if holds else {})


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown column": ({"open_complaint": ">0"}, "did you mean open_complaints?"),
    "who a customer is": ({"email": "a@example.com"}, "tracks ask what customers did, not who they are"),
    "a word that there never is": ({"value_tier": "top 10%"}, "which it never is; it is one of: top 1 %"),
    "no such signal": ({"drop": "sales"}, "which is no signal"),
    "a text for a number": ({"p_alive": "low"}, "compare it with numbers"),
    "half a comparison": ({"p_alive": "<0.5 or so"}, "compare it with numbers"),
    "a day for days": ({"first_purchase_at": "2026-01-01"}, "compare it with days ago"),
    "a number for a text": ({"city": 7}, "it is a text"),
    "a word for a yes": ({"consent_email": "yes"}, "it is true, false or null"),
    "nobody": ({"city": []}, "one of an empty list"),
    "a text without a letter": ({"city": ""}, "null asks for what is not known"),
    "unlike a text without a letter": ({"city": "!= "}, "null asks for what is not known"),
    "more than five and less than three": ({"net_spend": ">5 <3"}, "which it never is: it is a number"),
    "equal to two numbers": ({"average_basket_items": "=1 =2"}, "which it never is"),
    "one end that is left out": ({"p_alive": ">=0.5 <0.5"}, "which it never is"),
    "a number and not that": ({"expected_purchases_90d": "=1 !=1"}, "which it never is"),
    "between two whole numbers": ({"purchases": ">2 <3"}, "it is a whole number from 0 on"),
    "half a purchase": ({"purchase_days": 1.5}, "it is a whole number from 0 on"),
    "less than none": ({"open_complaints": "<0"}, "it is a whole number from 0 on"),
    "none of the few that are left": ({"complaints": "<2 !=0 !=1"}, "it is a whole number from 0 on"),
    "more than certain": ({"p_alive": ">1"}, "it is 0 to 1"),
    "half a day": ({"first_purchase_at": "0.5"}, "compare it with days ago"),
    "between two days": ({"next_purchase_date": ">-3 <-2"}, "counted in whole days"),
    "half a cent": ({"value_365d": "=0.005"}, "which it never is"),
    "no number": ({"p_alive": float("nan")}, "compare it with numbers"),
    "one of a list that never is": ({"purchases": ["<3", ">5 <3"]}, "'>5 <3', which it never is"),
}


@pytest.mark.parametrize(("when", "said"), REFUSED.values(), ids=REFUSED)
def test_what_a_track_can_never_find_is_refused(when: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match="the track one asks for") as error:
        config(tracks=[{"track": "one", "when": when}])
    assert said in str(error.value)


HELD = [
    ({"p_alive": ">=1"}, 1), ({"net_spend": "<-5"}, 1), ({"first_purchase_at": "<=-1"}, 1), ({"purchases": ">2 <4"}, 1),
    ({"purchases": [0, ">5"]}, 2), ({"value_365d": ">0.01 <0.03"}, 1), ({"last_survey_score": -1.5}, 1),
]  # fmt: skip


@pytest.mark.parametrize(("when", "ways"), HELD)
def test_what_can_be_found_is_not_refused(when: dict[str, Any], ways: int) -> None:
    (track,) = config(tracks=[{"track": "one", "when": when}]).actions.tracks
    assert len(track.conditions[0].any_of) == ways


@given(
    st.lists(
        st.tuples(st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), st.integers(-6, 6).map(lambda half: half / 2))
    ),
    st.sampled_from([(None, 0.25), ("1", 1), ("0.5", 0.5)]),
)
def test_comparisons_can_hold_where_a_number_meets_them(
    comparisons: list[tuple[str, float]], grid: tuple[str | None, float]
) -> None:
    step, between = grid
    compare: dict[str, Any] = {
        "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
    }  # fmt: skip
    tried = [number * between for number in range(round(-2 / between), round(3 / between) + 1)]
    holds = any(all(compare[sign](number, value) for sign, value in comparisons) for number in tried)
    assert can_hold(comparisons, None if step is None else Decimal(step), "-2", "3") == holds


def test_tracks_that_put_nobody_anywhere_are_refused() -> None:
    with pytest.raises(ValidationError, match="an empty list puts nobody anywhere"):
        config(tracks=[])
    with pytest.raises(ValidationError, match="the track all is everybody's, and nobody is left for late behind it"):
        config(tracks=[{"track": "all"}, {"track": "late", "when": {"drop": True}}])
    once, again = ({"drop": True, "purchases": ">2"}, {"purchases": ">2", "drop": True})
    with pytest.raises(ValidationError, match="the track late asks for the same as early before it"):
        config(tracks=[{"track": "early", "when": once}, {"track": "late", "when": again}])


def test_a_channel_of_a_track_is_one_of_contact() -> None:
    with pytest.raises(ValidationError, match="goes by fax"):
        config(tracks=[{"track": "one", "channel": "fax"}])


def test_the_closed_words_are_those_that_are_written() -> None:
    written = "".join(statement("cxunify.actions", "tables", name) for name in ("outlooks", "segmented", "segments"))
    written += value_tier("place", "customers")
    for name, words in CLOSED.items():
        for word in words:
            assert f"'{word}'" in written or word.startswith("recency fifth"), (name, word)
        assert name in columns()


def logged(who: str, track: str, days: int, **more: Any) -> dict[str, Any]:
    """A row of the ledger: put on a track so many days ago."""
    rules = treatments._rules(shipped())[1:-1]
    at = AS_OF - timedelta(days=days)
    return {"run_id": f"{999 - days}", "customer_id": who, "track": track, "previous_track": None, "cause": None,
            "changed_date": None, "assigned_at": at, "rules": rules, **more}  # fmt: skip


def test_a_customer_knows_since_when_and_from_where() -> None:
    people = {
        "stays": BUYER,
        "begins to complain": {**BUYER, "open_complaints": 1},
        "has been answered": BUYER,
        "fades": {**BUYER, "value_tier": "top 1 %", "drop": ["any"]},
        "is first seen": BUYER,
    }
    log = [
        logged("stays", "welcome", 80),
        logged("stays", "regular", 50, previous_track="welcome", cause="time"),
        logged("begins to complain", "regular", 40),
        logged("has been answered", "recover", 10, previous_track="regular", cause="complaint"),
        logged("fades", "regular", 5),
    ]
    warehouse = world(config(**EVERYBODY), people, logged=log)
    causes = dict(warehouse.rows("select customer_id, cause from actions.walks"))
    moved = warehouse.frame(
        "select from_track, to_track, cause, customers, waiting, median_days from actions.found_moves"
    )
    found = treated(warehouse, "track", "since_date", "previous_track")
    day = TODAY - timedelta(days=50)
    assert found == {
        "stays": ("regular", day, "welcome"),
        "begins to complain": ("recover", TODAY, "regular"),
        "has been answered": ("regular", TODAY, "recover"),
        "fades": ("keep", TODAY, "regular"),
        "is first seen": ("regular", TODAY, None),
    }
    assert causes == {
        "stays": "time",
        "begins to complain": "complaint",
        "has been answered": "complaint",
        "fades": "trigger",
        "is first seen": None,
    }
    assert moved.rows() == [
        ("recover", "regular", "complaint", 1, 0, None),
        ("regular", "keep", "trigger", 1, 0, 40),
        ("regular", "recover", "complaint", 2, 0, 3),
        ("welcome", "regular", "time", 1, 0, None),
    ]


def test_what_has_been_published_is_said_again_by_the_next_run() -> None:
    people = {"a": {**BUYER, "open_complaints": 1}, "b": BUYER}
    first = world(config(**EVERYBODY), people, logged=[logged("a", "regular", 40)])
    kept = first.frame("select * from actions.walks")
    names = ("customer_id", "track", "previous_track", "cause", "changed_date", "assigned_at", "rules")
    log = [logged("a", "regular", 40)] + [
        {"run_id": "999", **{name: row[name] for name in names}} for row in kept.to_dicts()
    ]
    said = first.frame("select * from actions.found_moves")
    told = treated(first, "track", "since_date", "previous_track")
    second = world(config(**EVERYBODY), people, logged=log)
    assert second.frame("select * from actions.walks").rows() == kept.rows()
    assert second.frame("select * from actions.found_moves").rows() == said.rows()
    assert treated(second, "track", "since_date", "previous_track") == told


def test_where_alarms_are_refused_nobody_is_said_to_have_changed_back() -> None:
    log = [logged("a", "keep", 9, previous_track="regular", cause="trigger")]
    ready = ("treatment_tracks", "contact_orchestration")
    with world(config(**EVERYBODY), {"a": BUYER}, logged=log, ready=ready) as warehouse:
        assert warehouse.rows("select track, previous_track, cause from actions.walks") == [("regular", "keep", "data")]
        (said,) = warehouse.rows('select "check" from actions.found_treatment_tracks')[0]
    assert said.endswith("; alarms are refused, and with them what puts customers on keep, grow")
    with world(config(**EVERYBODY), {"a": BUYER}, logged=log) as warehouse:
        assert warehouse.rows("select cause from actions.walks") == [("trigger",)]
        (said,) = warehouse.rows('select "check" from actions.found_treatment_tracks')[0]
    assert "refused" not in said


def believing(days: int, *signals: str) -> Rows:
    """Rows of the ledger: a run so many days ago believed the alarms of these signals."""
    return [
        {"run_id": f"{999 - days}", "signal": signal, "direction": direction, "as_of": AS_OF - timedelta(days=days)}
        for signal in signals
        for direction in ALARMS
    ]


TOP = {**BUYER, "value_tier": "top 5 %"}
REFUSED_ALARMS: dict[str, dict[str, Any]] = {
    "readiness": {"ready": ("treatment_tracks", "contact_orchestration")},
    "the placebo": {"believed": ("contacts",)},
}


@pytest.mark.parametrize("why", REFUSED_ALARMS)
def test_where_alarms_are_refused_customers_stay_until_their_treatment_is_over(why: str) -> None:
    people = {
        "was alarmed": TOP,
        "was alarmed a week ago only": TOP,
        "is none of the best any longer": BUYER,
        "complains meanwhile": {**TOP, "open_complaints": 1},
        "came another way since": TOP,
        "never was": TOP,
    }
    log = [
        logged("was alarmed", "keep", 40, previous_track="regular", cause="trigger"),
        logged("was alarmed a week ago only", "keep", 7),
        logged("is none of the best any longer", "keep", 7, previous_track="regular", cause="trigger"),
        logged("complains meanwhile", "keep", 7, previous_track="regular", cause="trigger"),
        logged("came another way since", "keep", 3, previous_track="regular", cause="value"),
        logged("never was", "regular", 90),
    ]
    before = [*believing(40, "purchases"), *believing(7, "purchases", "any")]
    asked = {"people": people, "logged": log, "believed_before": before, **REFUSED_ALARMS[why]}
    with world(config(**EVERYBODY), **asked) as warehouse:
        found = {
            name: told
            for name, *told in warehouse.rows(
                "select t.customer_id, t.track, t.valid_until_date, w.cause from actions.treated as t"
                " join actions.walks as w on w.customer_no = t.customer_no"
            )
        }
        (reasons,) = warehouse.rows("select reasons from actions.treated where customer_id = 'was alarmed'")[0]
        moved = warehouse.rows(
            "select from_track, to_track, cause, customers from actions.found_moves where customers > 0"
        )
        (said,) = warehouse.rows('select "check" from actions.found_treatment_tracks')[0]
    until, later = TODAY + timedelta(days=7), TODAY + timedelta(days=30)
    assert found == {
        "was alarmed": ["keep", until, "trigger"],
        "was alarmed a week ago only": ["keep", until, None],
        "is none of the best any longer": ["regular", later, "data"],
        "complains meanwhile": ["recover", until, "complaint"],
        "came another way since": ["regular", later, "data" if why == "readiness" else "trigger"],
        "never was": ["regular", later, None],
    }
    assert reasons == "value_tier top 5 %; drop any (no longer judged), purchases (no longer judged)"
    assert ("keep", "regular", "data", 2 if why == "readiness" else 1) in moved
    assert said.endswith("; 2 customers stay where alarms were believed before, until the treatment is over")


@pytest.mark.parametrize("days", [14, 15])
def test_the_last_day_of_a_treatment_is_the_one_that_was_published(days: int) -> None:
    log = [logged("a", "keep", 90, previous_track="regular", cause="trigger")]
    before = believing(days, "purchases", "any")
    ready = ("treatment_tracks", "contact_orchestration")
    with world(config(**EVERYBODY), {"a": TOP}, logged=log, believed_before=before, ready=ready) as warehouse:
        found = warehouse.rows(
            "select w.track, w.cause, t.valid_until_date from actions.walks as w join actions.treated as t using (customer_no)"
        )
    stays = ("keep", "trigger", TODAY)
    assert found == [stays if days == 14 else ("regular", "data", TODAY + timedelta(days=30))]


def test_an_alarm_that_is_over_holds_nobody() -> None:
    """Contacts were never believed: what is refused always has alarmed nobody."""
    log = [logged("a", "keep", 9, previous_track="regular", cause="trigger")]
    before = believing(9, "purchases", "any")
    with world(
        config(**EVERYBODY), {"a": TOP}, logged=log, believed_before=before, believed=("purchases", "any")
    ) as warehouse:
        assert warehouse.rows("select track, cause from actions.walks") == [("regular", "trigger")]


def test_a_track_for_those_without_an_alarm_takes_nobody_away_whose_alarm_is_taken_to_last() -> None:
    tracks = [
        {"track": "calm", "when": {"drop": False}},
        {"track": "worry", "when": {"drop": "visits"}, "days": 20},
    ]
    ready = ("treatment_tracks", "contact_orchestration")
    with world(
        config(**EVERYBODY, tracks=tracks),
        {"a": BUYER, "b": BUYER},
        logged=[logged("a", "worry", 9)],
        believed_before=believing(9, "visits"),
        ready=ready,
    ) as warehouse:
        found = warehouse.rows("select customer_id, track, valid_until_date from actions.treated order by 1")
    assert found == [("a", "worry", TODAY + timedelta(days=11)), ("b", "calm", TODAY + timedelta(days=30))]


def test_other_tracks_are_no_change_of_the_customer() -> None:
    log = [logged("a", "welcome", 40, rules="others"), logged("b", "recover", 40, rules="others")]
    with world(config(**EVERYBODY), {"a": BUYER, "b": BUYER}, logged=log) as warehouse:
        assert warehouse.rows("select distinct cause from actions.walks") == [("tracks",)]


def test_customers_whom_no_track_answers_are_waited_for() -> None:
    people = {f"fades {number}": {**BUYER, "drop": ["any"]} for number in range(5)}
    people["is answered"] = {**BUYER, "value_tier": "top 1 %", "drop": ["any"]}
    log = [logged(name, "regular", 100) for name in people]
    with world(config(**EVERYBODY), people, logged=log) as warehouse:
        found = warehouse.rows(
            "select from_track, to_track, cause, customers, waiting, median_days from actions.found_moves"
        )
    assert found == [("regular", "keep", "trigger", 1, 5, None)]


def test_a_purchase_or_a_consent_is_a_change_of_which_the_day_is_known() -> None:
    tracks = [
        {"track": "ask", "when": {"consent_email": True, "consent_sms": True, "purchase_days": None}},
        {"track": "thank", "when": {"purchase_days": ">1"}},
        {"track": "rich", "when": {"net_spend": ">100"}},
        {"track": "rest"},
    ]
    day = timedelta(days=1)
    buyer = {"purchase_days": 2, "last_purchase_at": AS_OF - 4 * day}
    consenting = {
        "consent_email": True,
        "consent_sms": True,
        "consent_email_at": AS_OF - 6 * day,
        "consent_sms_at": AS_OF - 90 * day,
    }
    people: dict[str, dict[str, Any]] = {
        "buys": buyer,
        "bought before": {**buyer, "last_purchase_at": AS_OF - 60 * day},
        "stays and buys": {**buyer, "purchase_days": 1},
        "consents": consenting,
        "consents twice": {**consenting, "consent_sms_at": AS_OF - 5 * day},
        "nobody knows when": {"consent_email": True, "consent_sms": True},
        "spends": {"net_spend": 200},
    }
    rules = treatments._rules(config(tracks=tracks).actions.tracks)[1:-1]
    log = [logged(name, "rest", 30, rules=rules) for name in people]
    with world(config(**EVERYBODY, tracks=tracks), people, consent=("email", "phone", "sms"), logged=log) as warehouse:
        days = dict(warehouse.rows("select customer_id, changed_date from actions.walks where track <> 'rest'"))
        found = warehouse.rows("select to_track, cause, customers, waiting, median_days from actions.found_moves")
    assert days == {
        "buys": TODAY - 4 * day, "bought before": None, "consents": TODAY - 6 * day, "consents twice": None,
        "nobody knows when": None, "spends": None,
    }  # fmt: skip
    assert found == [("ask", "consent", 3, 0, 6), ("rich", "value", 1, 0, None), ("thank", "purchase", 2, 0, 4)]


def test_kaplan_and_meier_by_hand() -> None:
    # Of ten, one goes on day 3 (9/10), one is lost sight of on day 5, two go on day 6 (x 6/8), two on day 8 (x 4/6): 0.45.
    lives = [(3, True, 1), (5, False, 1), (6, True, 2), (8, True, 2), (9, False, 4)]
    assert median(lives) == 8
    assert median(lives[:-1]) == 6
    assert median([(4, True, 1)]) == 4
    assert median([(4, True, 1), (4, False, 2)]) is None


@given(st.lists(st.integers(0, 50), min_size=1), st.integers(0, 20))
def test_where_nobody_waits_it_is_the_plain_median(days: list[int], more: int) -> None:
    lives = [(day, True, 1) for day in days]
    assert median(lives) == sorted(days)[(len(days) - 1) // 2]
    # Who still waits only ever makes it longer.
    longer = median([*lives, (max(days), False, more)] if more else lives)
    assert longer is None or longer >= median(lives)  # type: ignore[operator]


def test_what_came_of_it_names_the_tracks_that_nobody_is_on() -> None:
    people = {"a": BUYER, "b": {**BUYER, "open_complaints": 1}, "c": {}}
    with world(config(**EVERYBODY), people) as warehouse:
        found = warehouse.frame("select * from actions.found_treatment_tracks").row(0, named=True)
    assert found["customers"] == 3
    assert found["check"] == (
        "2 of 3 customers are to be contacted: recover 1, regular 1; nobody is on keep, welcome, second, grow, win_back"
    )


WORLDS = range(int(os.environ.get("CXUNIFY_WORLDS", "3")))
"""More on request: CXUNIFY_WORLDS=200."""
CHANNELS = ("email", "phone")


def _person(dice: Random) -> dict[str, Any]:
    return {
        **BUYER,
        "open_complaints": int(dice.random() < 0.2),
        "consent": {channel: dice.choice([True, True, False]) for channel in CHANNELS if dice.random() < 0.8},
        "addresses": [channel for channel in CHANNELS if dice.random() < 0.8],
    }


@pytest.mark.parametrize("seed", WORLDS)
def test_those_and_only_those_are_handed_over_who_may_be_contacted(seed: int) -> None:
    """Random people, sends and caps against rules written down anew: nobody without consent, over a cap, held out, complaining."""
    dice = Random(seed)
    people = {f"c{number}": _person(dice) for number in range(80)}
    acts = [
        {"who": f"c{dice.randrange(80)}", "channel": dice.choice(CHANNELS), "kind": dice.choice(["contact_out", "contact_in"]),
         "at": AS_OF - timedelta(days=dice.choice([0, 3, 6, 7, 8, 29, 30, 60, 89, 90]))}
        for _ in range(160)
    ]  # fmt: skip
    caps = {
        name: {f"per_{days}d": dice.randrange(3) for days in (7, 30, 90) if dice.random() < 0.5}
        for name in (*CHANNELS, "all")
    }
    share = dice.choice([0, 0.1, 0.5])
    found = treated(
        world(config(holdout={"share": share}, contact=caps), people, acts=acts),
        "channel",
        "blocked_by",
        "arm",
        "track",
    )

    def may(name: str, channel: str) -> bool:
        days = [
            ((TODAY - act["at"].date()).days, act["channel"])
            for act in acts
            if act["who"] == name and act["kind"] == "contact_out"
        ]
        free = all(
            sum(ago < int(window[4:-1]) and where in ("all", of) for ago, of in days) < most
            for where in (channel, "all")
            for window, most in caps[where].items()
        )
        drawn = int(hashlib.sha256(f"1|holdout|{name}".encode()).hexdigest()[:8], 16) / 2**32
        # What a complaint is answered with is no treatment that a hold-out is there to measure.
        is_open = drawn >= share or people[name]["open_complaints"] > 0
        return (
            people[name]["consent"].get(channel) is True and channel in people[name]["addresses"] and free and is_open
        )

    assert len(found) == len(people)
    for name, (channel, blocked_by, arm, track) in found.items():
        complains = people[name]["open_complaints"] > 0
        assert track == ("recover" if complains else "regular")
        # A complaint is answered by phone; nothing else is done meanwhile.
        ways = [way for way in (("phone",) if complains else CHANNELS) if may(name, way)]
        assert (channel in ways) if ways else (channel is None), (name, channel, blocked_by)
        assert (channel is None) == (blocked_by is not None)
        assert not (arm == "held_out" and channel and track != "recover")


def test_days_are_those_of_the_company() -> None:
    person = {**BUYER, "first_purchase_at": datetime(2026, 1, 31, 2)}
    found = treated(
        world(config(**EVERYBODY), {"a": person}, timezone="America/New_York", today=date(2026, 3, 1)), "reasons"
    )
    assert found == {"a": "rhythm active"}
