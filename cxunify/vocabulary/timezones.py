"""A name of a time zone, as systems show it -> the zone of the time zone database; which zones share a country."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from zoneinfo import available_timezones

from cxunify.vocabulary.lists import rows

GENERIC = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
"""How Americans abbreviate a zone for the whole year: no clock shows these letters, so the database does not have them."""
GENERIC_IN = ("US", "CA")
_OFFSET = re.compile(r"(?:UTC|GMT)? ?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_SHOWN_WITH_OFFSET = re.compile(r"\((?:UTC|GMT)?[+-]?\d{0,2}:?\d{0,2}\) *", re.IGNORECASE)


def zone(name: str) -> str | int | None:
    """The zone that a name means: one of the database, or microseconds east of UTC; None for a name that is none.

    Known are the database's own names, those of Windows and of Ruby on Rails with or without the offset that they are shown
    with, cities of the database, and offsets such as UTC+2. Abbreviations are not: their meaning depends on the place.
    """
    text = " ".join(_SHOWN_WITH_OFFSET.sub("", name.strip()).split())
    if match := _OFFSET.fullmatch(text):
        sign, hours, minutes = match.groups()
        return (-1 if sign == "-" else 1) * (int(hours) * 60 + int(minutes or 0)) * 60_000_000
    return _names().get(text.casefold().replace(" and ", " & ")) or _names().get(text.casefold().replace(" ", "_"))


def country(zone: str) -> str | None:
    """The country of a zone; None where it is of none or of several."""
    return next((code for code, listed in _countries().items() if zone in listed), None)


def neighbours(zone: str) -> tuple[str, ...]:
    """The zones of its country, itself among them."""
    found = country(zone)
    return _countries()[found] if found else ()


@cache
def well_known() -> tuple[str, ...]:
    """One zone for each that Windows knows, by which a meaning can be explained; and Ireland, whose summer is IST."""
    windows = (found for _, found in rows("timezones") if not found.startswith("Etc/"))
    return tuple(dict.fromkeys((*GENERIC.values(), *windows, "Europe/Dublin")))


@cache
def _names() -> dict[str, str]:
    zones = sorted(found for found in available_timezones() if found[:1].isupper() and "posix" not in found)
    cities: dict[str, set[str]] = {}
    for found in zones:
        if "/" in found and not found.startswith(("Etc/", "US/", "SystemV/")):
            cities.setdefault(found.rpartition("/")[2].casefold(), set()).add(found)
    own = {found.casefold(): found for found in zones if "/" in found or len(found) > 4 or found in {"UTC", "GMT"}}
    listed = {name.casefold(): found for name, found in rows("timezones")}
    return {name: next(iter(found)) for name, found in cities.items() if len(found) == 1} | listed | own


@cache
def _countries() -> dict[str, tuple[str, ...]]:
    """The zones of each country, by the table that comes with the database."""
    text = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, _, name = line.split("\t")[:3]
            found.setdefault(code, []).append(name)
    return {code: tuple(names) for code, names in found.items()}
