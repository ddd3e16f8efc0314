"""local times -> UTC: a zone's offsets written out as SQL, and the hours that clocks skip or repeat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Union
from zoneinfo import ZoneInfo

from cxunify.warehouse import literal

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
"""Beyond these the engine's own tables are asked, which is slow and rarely needed."""


One = Union[str, int, "Shown"]
"""A zone of the database, microseconds east of UTC, or clocks with letters."""
Zone = Union[One, "Named"]
"""One zone, or a column that names one for each row."""


@dataclass(frozen=True)
class Shown:
    """The clocks of a zone, with letters beside the hour: these tell the two hours apart that clocks show twice."""

    zone: str
    offset: int
    """What the letters stand for, in microseconds east of UTC."""


@dataclass(frozen=True)
class Named:
    """A column that names the zone of each row."""

    column: str
    """Its text, as SQL."""
    meant: tuple[tuple[str, One], ...]
    """What each of its values means."""
    default: str
    """The zone of the rows that name none."""

    def groups(self) -> dict[One, list[str]]:
        """The values of each zone."""
        found: dict[One, list[str]] = {}
        for value, zone in self.meant:
            found.setdefault(zone, []).append(value)
        return found


@dataclass(frozen=True)
class Change:
    """A moment when a zone's clocks were changed; offsets in microseconds east of UTC."""

    before: datetime
    """What the clocks showed when it came."""
    after: datetime
    """What they showed then."""
    offset: int
    """From then on."""

    @property
    def odd(self) -> tuple[datetime, datetime]:
        """The local times that were skipped, or that came twice."""
        return min(self.before, self.after), max(self.before, self.after)


@lru_cache
def changes(timezone: str) -> tuple[int, tuple[Change, ...]]:
    """The offset at the beginning of 1970, and every change until 2038."""
    zone = ZoneInfo(timezone)
    found = []
    at, step = FIRST, timedelta(days=7)
    first = offset = _offset(at, zone)
    while at < LAST:
        if (new := _offset(at + step, zone)) != offset:
            low, high = at, at + step
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                if middle in {low, high}:
                    break
                low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
            plain = high.replace(tzinfo=None)
            new = _offset(high, zone)
            found.append(Change(plain + timedelta(microseconds=offset), plain + timedelta(microseconds=new), new))
            offset = new
        at += step
    return first, tuple(found)


def utc(local: str, timezone: Zone) -> str:
    """A local timestamp as a UTC one. What clocks showed twice is the first time; what they skipped is read as if they had not."""
    if isinstance(timezone, Named):
        return _by_name(timezone, lambda zone: utc(local, zone))
    if isinstance(timezone, Shown):
        told_apart, usual = utc(local, timezone.offset), utc(local, timezone.zone)
        return f"(case when {is_odd(local, timezone)} then {told_apart} else {usual} end)"
    if isinstance(timezone, int):
        return f"({local} - to_microseconds({timezone}))"
    if timezone == "UTC":
        return local
    first, moves = changes(timezone)
    steps = " ".join(
        # the new offset is sure once the old and the new clock have both passed the change
        f"when {local} >= timestamp {literal(str(move.odd[1]))} then {move.offset}"
        for move in reversed(moves)
    )
    engine = within_years(f"cast(timezone({literal(timezone)}, {local}) as timestamp)")
    outer = f"{local} < timestamp '1970-01-02' or {local} >= timestamp '2037-12-31'"
    offset = f"case {steps} else {first} end" if steps else str(first)
    return f"case when {outer} then {engine} else {local} - to_microseconds({offset}) end"


def within_years(instant: str) -> str:
    """An instant, not null, in the years 1 to 9999: what a zone moves out of them is a zero date that few readers can hold."""
    return f"least(greatest({instant}, timestamp '0001-01-01'), timestamp '9999-12-31 23:59:59.999999')"


def is_odd(local: str, timezone: Zone, *, skipped: bool = False) -> str:
    """The condition that clocks `skipped` a local time, or showed it twice; `false` where they never do."""
    if isinstance(timezone, Named):
        return _by_name(timezone, lambda zone: is_odd(local, zone, skipped=skipped))
    timezone = timezone.zone if isinstance(timezone, Shown) else timezone
    windows = (
        []
        if isinstance(timezone, int)
        else [
            move.odd
            for move in changes(timezone)[1]
            if (move.before < move.after if skipped else move.before != move.after)
        ]
    )
    days = ", ".join(f"date {literal(str(low.date()))}" for low, _ in windows)
    exact = " or ".join(f"{local} >= timestamp '{low}' and {local} < timestamp '{high}'" for low, high in windows)
    return f"case when {local}::date in ({days}) then {exact} else false end" if windows else "false"


def _by_name(named: Named, sql: Callable[[One], str]) -> str:
    """An expression for each zone that a column names."""
    cases = " ".join(
        f"when {named.column} in ({', '.join(map(literal, values))}) then {sql(zone)}"
        for zone, values in named.groups().items()
    )
    return f"(case {cases} else {sql(named.default)} end)" if cases else sql(named.default)


def _offset(at: datetime, zone: ZoneInfo) -> int:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds() * 1_000_000)
