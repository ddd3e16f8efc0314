"""config.tracks -> SQL: whether a customer is one of a track's, and by what, in words.

Every column that a track asks for is found, under its own name, in `wanted`: days as the number of days ago.
"""

from __future__ import annotations

from collections.abc import Sequence

from cxunify.config.tracks import SIGNALS, Condition, Test, Track
from cxunify.warehouse import literal, quote

TABLES = {"customers": "c", "predictions": "p", "segments": "s", "triggers": "a"}
"""The alias of each table, in the order in which a column is looked for."""
_CAUSES = (
    ("complaint", ("open_complaints", "complaints", "hours_to_resolve")),
    ("trigger", ("drop", "rise")),
    ("consent", ("consent_email", "consent_phone", "consent_sms", "consent_mail")),
    ("value", ("value_90d", "value_365d", "value_rank", "value_tier", "net_spend", "purchase_spend", "expected_spend")),
    ("purchase", ("purchases", "purchase_days", "repeat_purchase_days", "first_purchase_at", "last_purchase_at", "returns")),
)  # fmt: skip
"""What has changed with a customer who comes to a track that asks for one of these, the most telling first; else, time has."""


def wanted(tracks: Sequence[Track]) -> dict[str, dict[str, Condition]]:
    """Table -> the columns that the tracks ask for there."""
    found: dict[str, dict[str, Condition]] = {table: {} for table in TABLES}
    for condition in (condition for track in tracks for condition in track.conditions):
        found[condition.table][condition.column] = condition
    return found


def column(condition: Condition) -> str:
    """SQL for what a condition compares, from its own table."""
    name = f"{TABLES[condition.table]}.{quote(condition.column)}"
    if condition.type == "TIMESTAMP":
        # What is written in the company's zone anyway is not converted for nothing.
        name = f"case when $timezone = 'UTC' then {name}::date else timezone($timezone, {name}::timestamptz)::date end"
    return f"date_diff('day', {name}, $today::date)" if condition.is_day else name


def alarms(tracks: Sequence[Track]) -> list[tuple[int, str, int, str, str]]:
    """Place, track, days, direction and signal of every alarm that a track asks for."""
    return [
        (place, track.track, track.days, asked.column, signal)
        for place, track in enumerate(tracks, 1)
        for asked in track.conditions
        if asked.table == "triggers"
        for signal in SIGNALS
        if any(test.operator == "is not null" or test.value == signal for tests in asked.any_of for test in tests)
    ]


def consents(tracks: Sequence[Track]) -> str:
    """SQL, separated by commas, for the channels in which tracks ask for consent."""
    asked = sorted(set(wanted(tracks)["customers"]) & set(dict(_CAUSES)["consent"]))
    return ", ".join(literal(name.removeprefix("consent_")) for name in asked) or "null"


def holds(track: Track) -> str:
    """SQL for whether all of a track's conditions hold; what is not known holds nothing."""
    each = [" or ".join(_all(condition, tests) for tests in condition.any_of) for condition in track.conditions]
    return " and ".join(f"coalesce({one}, false)" for one in each) or "true"


def reasons(track: Track) -> str:
    """SQL for what held, with the customer's own values."""
    each = ", ".join(_said(condition) for condition in track.conditions)
    return f"concat_ws('; ', {each})" if each else "cast(null as varchar)"


def cause(track: Track) -> str:
    """What has changed with a customer who comes to this track."""
    asked = {condition.column for condition in track.conditions}
    return next((name for name, columns in _CAUSES if asked & set(columns)), "time")


def _all(condition: Condition, tests: tuple[Test, ...]) -> str:
    return " and ".join(_compared(quote(condition.column), test) for test in tests)


def _compared(name: str, test: Test) -> str:
    if test.value is None:
        return f"{name} {test.operator}"
    if test.operator == "has":
        return f"contains({name}, {literal(str(test.value))})"
    if isinstance(test.value, bool):
        return f"{name} = {str(test.value).lower()}"
    if isinstance(test.value, str):
        return f"{name} {test.operator} {literal(test.value)}"
    return f"{name} {test.operator} {test.value!r}"


def _said(condition: Condition) -> str:
    """SQL for a column's name and the customer's value of it."""
    name, label = quote(condition.column), literal(f"{condition.column} ")
    if condition.is_day:
        ahead = f"concat('in ', (-{name})::varchar, ' days')"
        value = f"case when {name} < 0 then {ahead} else concat({name}::varchar, ' days ago') end"
    elif condition.type == "DOUBLE":
        value = f"round({name}, 2)::decimal(18, 2)::varchar"
    elif condition.type == "BOOLEAN":
        value = f"case when {name} then 'yes' else 'no' end"
    else:
        value = f"{name}::varchar"
    return f"concat({label}, coalesce({value}, 'not known'))"
