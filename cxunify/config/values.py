"""Single values of the configuration: names, zones, countries, currencies, days and amounts of memory, each checked."""

from __future__ import annotations

import re
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field


def as_list(value: Any) -> Any:
    """One value as a list of it."""
    return value if isinstance(value, list | tuple) else [value]


def known_timezone(value: str) -> str:
    """The name of a time zone, or an error that shows some."""
    if value not in available_timezones():
        raise ValueError(f"{value!r} is not a time zone; use a name such as Europe/Berlin, America/New_York or UTC")
    return value


def _country(value: str) -> str:
    from phonenumbers import SUPPORTED_REGIONS  # here, and not above: `cxunify --help` should not pay for it

    if value not in SUPPORTED_REGIONS:
        raise ValueError(f"{value!r} is not a country; use two capital letters such as US, DE, GB")
    return value


def _currency(value: str) -> str:
    if not re.fullmatch("[A-Z]{3}", value):
        raise ValueError(f"{value!r} is not a currency; use three capital letters such as USD, EUR, GBP")
    return value


def _name(value: str) -> str:
    if not re.fullmatch("[a-z][a-z0-9_]{0,62}", value):
        raise ValueError(f"{value!r} is not a name; use small letters, digits and underscores, a letter first")
    return value


def _memory(value: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)", value):
        raise ValueError(f"{value!r} is not an amount of memory; write a number and a unit such as 4GB")
    return value


def _closed_day(value: str) -> str:
    if not re.fullmatch(r"(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", value):
        raise ValueError(f"{value!r} is not a day; write 2024-12-24, or 12-25 for that of every year")
    return value


ClosedDay = Annotated[str, AfterValidator(_closed_day)]
Timezone = Annotated[str, AfterValidator(known_timezone)]
Country = Annotated[str, AfterValidator(_country)]
Currency = Annotated[str, AfterValidator(_currency)]
Name = Annotated[str, AfterValidator(_name)]
Memory = Annotated[str, AfterValidator(_memory)]
Texts = Annotated[tuple[str, ...], BeforeValidator(as_list)]
Share = Annotated[float, Field(ge=0, le=1)]
