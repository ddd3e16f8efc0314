"""Tracks of treatment as they are written: by what customers belong to one, and what is done with them there.

A track is data, never SQL: `{track: recover, when: {open_complaints: ">0"}, channel: phone, offer: call back, days: 14}`. What
`when` names are columns of `customers`, `predictions` and `segments`, and `drop` and `rise`, the signals of `triggers`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Self

from pydantic import Field, model_validator

from cxunify.config.columns import Model
from cxunify.config.comparisons import can_hold
from cxunify.config.document import document
from cxunify.config.values import Name, as_list
from cxunify.errors import nearest
from cxunify.schema.customers import CUSTOMERS, PERSONAL
from cxunify.schema.predictions import CLOSED, PREDICTIONS, SEGMENTS
from cxunify.schema.table import Table

ALARMS = ("drop", "rise")
"""What `when` may ask of triggers: whether a signal has changed that way, or which."""
SIGNALS = ("purchases", "visits", "contacts", "any")
NOBODY = "none"
"""The channel of a track on which nobody is contacted."""
_COMPARED = re.compile(r"(<=|>=|<|>|!=|=)\s*(-?\d+(?:\.\d+)?)\s*")
SHARES = ("p_alive", "p_purchase_30d", "p_purchase_90d", "identity_confidence")
"""Columns that are 0 to 1."""
_DAYS = ("DATE", "TIMESTAMP")
_COUNTED = ("BIGINT", "INTEGER", "TINYINT")
"""Types of columns that count something: whole numbers from 0 on."""
_STEPS = {**dict.fromkeys((*_DAYS, *_COUNTED), Decimal(1)), "DECIMAL(18,2)": Decimal("0.01")}
"""By type, what the numbers of a column are multiples of."""
_Said = bool | int | float | str | None


@dataclass(frozen=True)
class Test:
    """One comparison: `operator` is that of SQL, or `has`, which asks whether a signal is among those that alarm."""

    operator: str
    value: float | bool | str | None = None


@dataclass(frozen=True)
class Condition:
    """What a column has to be. It holds where one of `any_of` does, and that does where all of its comparisons do."""

    table: str
    """customers, predictions, segments or triggers."""
    column: str
    type: str
    any_of: tuple[tuple[Test, ...], ...]

    @property
    def is_day(self) -> bool:
        """Whether it counts days from that of the column until today; in days to come these are negative."""
        return self.type in _DAYS


class Track(Model):
    """Customers of whom something holds, and what is done with them."""

    track: Name
    when: dict[str, _Said | list[_Said]] = Field(
        default_factory=dict,
        description="Column of customers, predictions or segments -> a value, a list of them, or a comparison ('>0', '>=0.2 <0.5';"
        " of dates: days ago). drop, rise: true, or signals of triggers. All of it has to hold; nothing: everybody.",
    )  # fmt: skip
    channel: Name | None = Field(
        None,
        description="By which they are contacted; null: where they may be and were last active; none: not at all.",
    )
    offer: str | None = Field(None, description="What they are offered, in your words.")
    days: int = Field(30, ge=1, description="For how many days the treatment is valid.")
    service: bool = Field(
        False,
        description="It answers what they asked for: neither an open complaint nor the hold-out forbids it, and its cost is not"
        " weighed.",
    )

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        _ = self.conditions
        return self

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What has to hold. Raises ValueError, with the nearest name, for what no table has, and for what it can never be."""
        return tuple(_condition(self.track, name, said) for name, said in self.when.items())


def shipped() -> tuple[Track, ...]:
    """The tracks of tracks.yaml."""
    listed = (resources.files("cxunify.config") / "tracks.yaml").read_text(encoding="utf-8")
    return tuple(Track.model_validate(each) for each in document(listed))


@cache
def columns() -> Mapping[str, tuple[str, str]]:
    """Column -> its table and type, of those that a track may ask about: none of them names, locates or reaches a person."""
    tables: tuple[Table, ...] = (SEGMENTS, PREDICTIONS, CUSTOMERS)
    known = {
        column.name: (table.name, column.type)
        for table in tables
        for column in table.columns
        if column.name not in (*PERSONAL, "customer_id", "as_of")
    }
    return {**known, **dict.fromkeys(ALARMS, ("triggers", "VARCHAR"))}


def _condition(track: str, name: str, said: Any) -> Condition:
    if name in PERSONAL:
        raise ValueError(f"the track {track} asks for {name}: tracks ask what customers did, not who they are")
    if name not in columns():
        near = nearest(name, columns())
        meant = f"; did you mean {near}?" if near else ""
        raise ValueError(
            f"the track {track} asks for {name}, which no column of customers, predictions or segments is{meant}"
        )
    table, kind = columns()[name]
    where = f"the track {track} asks for {name}"
    is_alarm = table == "triggers"
    tests = _signals(where, said) if is_alarm else tuple(_tests(where, name, kind, one) for one in as_list(said))
    if not tests:
        raise ValueError(f"{where} to be one of an empty list, which nobody is")
    return Condition(table, name, kind, tests)


def _signals(where: str, said: Any) -> tuple[tuple[Test, ...], ...]:
    """Whether there is an alarm at all, or one of these signals."""
    if isinstance(said, bool):
        return ((Test("is not null" if said else "is null"),),)
    for one in as_list(said):
        if one not in SIGNALS:
            raise ValueError(f"{where} of {one!r}, which is no signal; write true, false, or of {', '.join(SIGNALS)}")
    return tuple((Test("has", one),) for one in as_list(said))


def _tests(where: str, name: str, kind: str, said: _Said) -> tuple[Test, ...]:
    """The comparisons that one value stands for, all of which have to hold."""
    if said is None:
        return (Test("is null"),)
    if kind == "BOOLEAN":
        if not isinstance(said, bool):
            raise ValueError(f"{where} to be {said!r}, and it is true, false or null")
        return (Test("=", said),)
    if kind == "VARCHAR":
        if not isinstance(said, str):
            raise ValueError(f"{where} to be {said!r}, and it is a text; write it in quotes")
        closed = CLOSED.get(name, ())
        unlike, text = ("!=", said[2:].strip()) if said.startswith("!=") else ("=", said)
        if not text:
            raise ValueError(f"{where} to be {said!r}, which no text is; null asks for what is not known")
        if closed and text not in closed:
            raise ValueError(f"{where} to be {text!r}, which it never is; it is one of: {', '.join(closed)}")
        return (Test(unlike, text),)
    return _compared(where, name, kind, said)


def _compared(where: str, name: str, kind: str, said: _Said) -> tuple[Test, ...]:
    """The comparisons of a number, or of days, which some number has to meet."""
    if isinstance(said, int | float) and not isinstance(said, bool) and math.isfinite(said):
        found: list[tuple[str, float]] = [("=", said)]
    else:
        text = said if isinstance(said, str) else ""
        found = [(operator, float(number)) for operator, number in _COMPARED.findall(text)]
        if not found or _COMPARED.sub("", text).strip():
            counted = "days ago" if kind in _DAYS else "numbers"
            raise ValueError(f"{where} to be {said!r}; compare it with {counted}, as in 3, '>0' or '>=0.2 <0.5'")
    step = _STEPS.get(kind)
    least, most, is_ = ("0", "1", "0 to 1") if name in SHARES else ("0", "Infinity", "a whole number from 0 on")
    if name not in SHARES and kind not in _COUNTED:
        least, is_ = "-Infinity", "counted in whole days" if kind in _DAYS else "a number"
    if not can_hold(found, step, least, most):
        raise ValueError(f"{where} to be {said!r}, which it never is: it is {is_}")
    return tuple(Test(operator, number) for operator, number in found)
