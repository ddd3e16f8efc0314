"""the letters behind a time, such as BST, and the zone of their source -> what they mean there; None where that is not sure.

Letters alone name no zone: IST is a time of Israel, of Ireland and of India. What they mean is what the clocks of the source's
own zone are called, by the time zone database; then, where that is but one thing, what clocks elsewhere in the same country are
called. All else is refused until the mapping says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from cxunify.ingest.zones import One, Shown
from cxunify.vocabulary import timezones

NO_ZONE = "Region/City"
"""What stands for a zone in a message where nothing says which it is."""
UNIVERSAL = ("UTC", "GMT", "UT", "Z")
_YEARS = range(1970, 2038)
_RECENT = range(2000, 2038)
"""Of zones other than the source's own: what their clocks were called long ago explains nothing."""


def meaning(letters: str, timezone: str, mapped: Mapping[str, str]) -> One | None:
    """The zone that letters mean; None where they may mean several, or nothing.

    `timezone`: the zone of the source; `mapped`: letters whose zone its owner names. Letters of the source's own clocks mean what
    those clocks show: many write EST, or IST, all the year.
    """
    letters = letters.upper()
    named = next((zone for word, zone in mapped.items() if word.upper() == letters), None)
    if named is not None:
        return _used_in(letters, named) or named
    if letters in UNIVERSAL:
        return 0
    if (own := _used_in(letters, timezone)) is not None:
        return own
    if letters in timezones.GENERIC and timezones.country(timezone) in timezones.GENERIC_IN:
        return timezones.GENERIC[letters]
    beside = _meanings(letters, timezones.neighbours(timezone))
    return next(iter(beside)) if len(beside) == 1 else None


def is_foreign(letters: str, timezone: str, mapped: Mapping[str, str]) -> bool:
    """Whether letters that mean something are called so in another zone of the country, and not by the source's own clocks."""
    known = {*UNIVERSAL, *names(timezone), *(word.upper() for word in mapped)}
    return letters.upper() not in known


def suggested(letters: str) -> tuple[str, ...]:
    """A zone for each thing that letters mean in the world, for a message; empty where they mean nothing."""
    generic = timezones.GENERIC.get(letters.upper())
    return (generic,) if generic else tuple(_meanings(letters.upper(), timezones.well_known()).values())


@cache
def names(timezone: str, years: range = _YEARS) -> dict[str, frozenset[int]]:
    """What the clocks of a zone are called, month by month, each with its offsets in microseconds east of UTC."""
    zone = ZoneInfo(timezone)
    found: dict[str, set[int]] = {}
    for year in years:
        for month in range(1, 13):
            at = datetime(year, month, 15, tzinfo=UTC).astimezone(zone)
            name, offset = at.tzname(), at.utcoffset()
            if name and name.isalpha() and offset is not None:
                found.setdefault(name, set()).add(int(offset.total_seconds() * 1_000_000))
    return {name: frozenset(offsets) for name, offsets in found.items()}


def _used_in(letters: str, timezone: str) -> One | None:
    """What letters mean in a zone that uses them: its clocks."""
    offsets = names(timezone).get(letters)
    if offsets is None:
        return None
    return Shown(timezone, next(iter(offsets))) if len(offsets) == 1 else timezone


def _meanings(letters: str, zones: Iterable[str]) -> dict[int, str]:
    """The offsets that letters stand for in some zones, and the first zone of each."""
    found: dict[int, str] = {}
    for zone in zones:
        for offset in names(zone, _RECENT).get(letters, ()):
            found.setdefault(offset, zone)
    return found
