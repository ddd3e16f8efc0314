"""columns of dates and times -> DateStyle, decided by the whole column or refused -> SQL of UTC instants and of dates."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from cxunify.ingest import zones
from cxunify.warehouse import literal

_DAY = r"\d{4}-\d{2}-\d{2}"
_TIME = r"[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?"
_ZONE = r" ?(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)"
LOCAL = f"{_DAY}({_TIME})?"
"""ISO 8601 without a zone."""
ZONED = f"{_DAY}{_TIME}{_ZONE}"
"""ISO 8601 with an offset."""
ODD = r".*(,|:60($|\D)|\d [+-]|\d (Z|UTC|GMT)$|GMT$).*"
"""ISO 8601 in spellings that DuckDB's cast does not take."""
EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
"""Microseconds per unit."""
_EPOCH_DIGITS = {"epoch_s": 10, "epoch_ms": 13, "epoch_us": 16}
OUR_TIMES = ("2000-01-01", "2040-01-01")
"""What an extract of our days states; an instant beyond these is a slip, or stands for none."""
BORN_BY = datetime.date(2029, 12, 31)
"""Spreadsheets' rule for years of two digits, 1930 to 2029: that of birth dates in an extract that states no instant."""
NEARLY_ALL = 0.99
ORDERS = ("dmy", "mdy", "ymd")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class DateStyle:
    """How a column writes dates and times: which of ISO's forms occur, and the strptime patterns of the rest."""

    local: bool = False
    zoned: bool = False
    odd: bool = False
    whole: bool = False
    """Every value has the one form that occurs: no need to look before reading."""
    formats: tuple[str, ...] = ()

    @property
    def naive(self) -> bool:
        """Some values name no zone."""
        return self.local or any("%z" not in item and "%Z" not in item and item not in EPOCHS for item in self.formats)


@dataclass(frozen=True)
class Verdict:
    """What was found out about a column: a style, or `ambiguous` readings, or neither when nothing in it is a date."""

    style: DateStyle | None
    ambiguous: tuple[str, ...] = ()
    note: str = ""


def survey(value: str) -> dict[str, str]:
    """Cheap aggregates, by name, on a column whose trimmed text is `value`."""
    return {
        "filled": f"count({value})",
        "local": f"count_if(regexp_full_match({value}, {literal(LOCAL)}))",
        "zoned": f"count_if(regexp_full_match({value}, {literal(ZONED)}))",
        "odd": f"count_if(regexp_full_match({value}, {literal(ODD)}))",
    }


def shape(value: str) -> str:
    """A value's shape: every digit 0, every letter a."""
    return f"translate({value}, '123456789{_LETTERS}', '000000000{'a' * len(_LETTERS)}')"


def fits(value: str, formats: Iterable[str]) -> str:
    """The aggregate that counts the values that strptime patterns read; epochs only where they are of our times."""
    parsed = [
        _of_our_times(sql) if pattern in EPOCHS else sql
        for pattern, sql in ((pattern, _parse(value, pattern, "UTC")) for pattern in formats)
    ]
    return f"count({_coalesce(parsed)})"


def counted(value: str, pattern: str) -> str:
    """The aggregate that counts the values that a declared format reads."""
    return f"count({_parse(value, pattern, 'UTC')})"


def not_iso(value: str) -> str:
    """The condition that a value is there and is not ISO 8601."""
    return f"{value} is not null and not regexp_full_match({value}, {literal(f'{LOCAL}|{ZONED}')})"


def candidates(shapes: dict[str, int]) -> dict[str, tuple[str, ...]]:
    """For each reading of the column (day, month or year first; epochs), the strptime patterns of the shapes in it."""
    readings: dict[str, dict[str, None]] = {}
    for text, _ in sorted(shapes.items(), key=lambda item: -item[1])[:200]:
        for order, patterns in _patterns(text).items():
            readings.setdefault(order, {}).update(dict.fromkeys(patterns))
    either = readings.pop("any", {})
    return {order: tuple({**patterns, **either}) for order, patterns in readings.items()} or (
        {"ymd": tuple(either)} if either else {}
    )


def decide(counts: dict[str, int], fits: dict[str, int], readings: dict[str, tuple[str, ...]]) -> Verdict:
    """The style of a column by its `survey` and by how many of the values that are not ISO each reading fits.

    One reading must fit all that any reading fits, or nearly all while no other does; otherwise the column is ambiguous,
    unless so few values are concerned that they may count as unreadable.
    """
    rest = counts["filled"] - counts["local"] - counts["zoned"]
    whole = counts["filled"] in {counts["local"], counts["zoned"]}
    iso = DateStyle(counts["local"] > 0, counts["zoned"] > 0, counts["odd"] > 0, whole)
    most = max(fits.values(), default=0)
    if not rest or not most:
        return Verdict(iso if iso.local or iso.zoned else None)
    best = [order for order, count in fits.items() if count == most]
    rivals = [order for order, count in fits.items() if order not in best and count > NEARLY_ALL * most]
    full = [order for order in best if most == rest]
    same = len({readings[order] for order in best}) == 1
    if (len(best) == 1 or same) and (full or not rivals):
        style = DateStyle(iso.local, iso.zoned, iso.odd, formats=readings[best[0]])
        return Verdict(
            style, note=f"read as {' or '.join(readings[best[0]])}, the only reading that fits the whole column"
        )
    if most <= (1 - NEARLY_ALL) * counts["filled"]:
        return Verdict(iso, note=f"{most} values could be read in more than one way and count as unreadable")
    return Verdict(None, tuple(readings[order][0] for order in (*best, *rivals)))


def instant(value: str, style: DateStyle, timezone: str) -> str:
    """The UTC timestamp in a text; null where it is none. Values without a zone are of `timezone`."""
    branches = []
    text = _respelled(value) if style.odd else value
    if style.local:
        branches.append((LOCAL, zones.utc(f"try_cast({text} as timestamp)", timezone)))
    if style.zoned:
        branches.append((ZONED, f"cast(try_cast({text} as timestamptz) as timestamp)"))
    if style.whole:
        return _leapt(value, branches[0][1]) if style.odd else branches[0][1]
    iso = " ".join(f"when regexp_full_match({value}, {literal(pattern)}) then {sql}" for pattern, sql in branches)
    other = _coalesce(_by_format(value, style.formats, timezone))
    parsed = f"case {iso} else {other} end" if iso else other
    return _leapt(value, parsed) if style.odd else parsed


def newest(instants: Iterable[str]) -> str:
    """The aggregate of the newest day that several columns of instants state."""
    return f"cast(max(greatest({', '.join(_of_our_times(sql) for sql in instants)})) as date)"


def date(value: str, style: DateStyle, born_by: datetime.date) -> str:
    """The calendar date in a text, as it was written there; a year of two digits is of the hundred years up to `born_by`.

    strptime reads 69 to 99 as 1969 to 1999, and 00 to 68 as 2000 to 2068, which is right for what happened and not for births.
    """
    if style.whole:
        return f"try_cast(left({value}, 10) as date)"
    iso = f"when regexp_full_match({value}, {literal(f'{LOCAL}|{ZONED}')}) then try_cast(left({value}, 10) as date)"
    other = _coalesce(
        f"cast(case when {sql} >= date {literal(str(born_by))} + 1 then {sql} - interval 100 year else {sql} end as date)"
        if "%y" in pattern
        else f"cast({sql} as date)"
        for pattern, sql in zip(style.formats, _by_format(value, style.formats, "UTC"), strict=True)
    )
    return f"case {iso} else {other} end" if style.local or style.zoned else other


def _of_our_times(instant: str) -> str:
    return f"case when {instant} between {literal(OUR_TIMES[0])} and {literal(OUR_TIMES[1])} then {instant} end"


def _coalesce(values: Iterable[str]) -> str:
    values = list(values)
    return f"coalesce({', '.join(values)})" if len(values) > 1 else values[0] if values else "null::timestamp"


def _by_format(value: str, formats: Iterable[str], timezone: str) -> list[str]:
    return [_parse(value, pattern, timezone) for pattern in formats]


def _parse(value: str, pattern: str, timezone: str) -> str:
    if pattern in EPOCHS:
        # exact for fractions too, and null beyond what a timestamp holds
        number = f"try_cast(try_cast({value} as decimal(28, 6)) * {EPOCHS[pattern]} as bigint)"
        return f"case when abs({number}) < 253402300800000000 then make_timestamp({number}) end"
    parsed = f"try_strptime({value}, {literal(pattern)})"
    if "%Y" in pattern:  # strptime takes `24` for the year 24: a year has four digits
        parsed = f"case when regexp_matches({value}, '\\d{{4}}') then {parsed} end"
    return f"cast({parsed} as timestamp)" if "%z" in pattern or "%Z" in pattern else zones.utc(parsed, timezone)


def _respelled(value: str) -> str:
    """ISO 8601 as DuckDB's cast takes it: a point before fractions, no blank before the zone, no leap second."""
    text = f"replace(regexp_replace({value}, ':60($|\\D)', ':59\\1'), ',', '.')"
    text = f"regexp_replace({text}, ' ?(UTC|GMT|Z)$', 'Z')"
    return f"regexp_replace({text}, ' ([+-]\\d)', '\\1')"


def _leapt(value: str, parsed: str) -> str:
    """A leap second is the first second of the next minute."""
    return f"(case when regexp_matches({value}, ':60($|\\D)') then {parsed} + interval 1 second else {parsed} end)"


_SEPARATED = re.compile(r"(0{1,4})([/.-])(0{1,2})\2(0{1,4})(.*)", re.DOTALL)
_NAMED = re.compile(
    r"(?:(a{2,9})(,? ))?(?:(0{1,2})([ /-])(a{3,9})(\.?,?[ /-])|(a{3,9})( )(0{1,2})(,? ))(0{4}|00)(.*)", re.DOTALL
)
_CLOCK = re.compile(
    r"(,? |a|:)?(0{1,2})(:00)(:00)?(\.0{1,6})?( ?a\.?a\.?(?![a0]))?( ?)(a|aaa|[+-]00:?00|[+-]00)?", re.DOTALL
)


def _patterns(shape: str) -> dict[str, list[str]]:
    """The strptime patterns that a shape allows, per order of day, month and year; `any` where there is but one order."""
    if re.fullmatch("0+", shape):
        if len(shape) == 8:
            return {"ymd": ["%Y%m%d"], "dmy": ["%d%m%Y"], "mdy": ["%m%d%Y"]}
        if len(shape) == 14:
            return {"any": ["%Y%m%d%H%M%S"]}
        return {"any": [epoch for epoch, digits in _EPOCH_DIGITS.items() if len(shape) == digits]}
    if match := re.fullmatch(r"(00000000)([a ]?)(0000|000000)(a?)", shape):
        return {
            "any": [
                f"%Y%m%d{match[2].replace('a', 'T')}{'%H%M%S' if len(match[3]) == 6 else '%H%M'}{'Z' if match[4] else ''}"
            ]
        }
    if match := _SEPARATED.fullmatch(shape):
        first, sign, _, last, clock = match.groups()
        orders = _orders(first, sign, last)
    elif match := _NAMED.fullmatch(shape):
        weekday, after, day, gap, _, gap2, _, gap3, _, gap4, year, clock = match.groups()
        start = f"{'%a' if weekday and len(weekday) == 3 else '%A'}{after}" if weekday else ""
        years = "%Y" if len(year) == 4 else "%y"
        orders = {
            "any": [
                start + (f"%d{gap}{month}{gap2}{years}" if day else f"{month}{gap3}%d{gap4}{years}")
                for month in ("%b", "%B")
            ]
        }
    else:
        return {}
    clocks = _clocks(clock)
    return {order: [a + b for a, b in product(days, clocks)] for order, days in orders.items()} if clocks else {}


def _orders(first: str, sign: str, last: str) -> dict[str, list[str]]:
    if len(first) == 4:
        return {"any": [f"%Y{sign}%m{sign}%d"]} if len(last) <= 2 else {}
    if len(first) > 2 or len(last) not in {2, 4}:
        return {}
    year = "%Y" if len(last) == 4 else "%y"
    orders = {"dmy": [f"%d{sign}%m{sign}{year}"], "mdy": [f"%m{sign}%d{sign}{year}"]}
    if year == "%y" and len(first) == 2:
        orders["ymd"] = [f"%y{sign}%m{sign}%d"]
    return orders


def _clocks(shape: str) -> list[str]:
    if not shape:
        return [""]
    match = _CLOCK.fullmatch(shape)
    if match is None:
        return []
    start, _, minutes, seconds, fraction, half, gap, zone = match.groups()
    hour = "%I" if half else "%H"
    text = f"{(start or '').replace('a', 'T')}{hour}:%M{':%S' if seconds else ''}{'.%f' if fraction else ''}"
    if half:
        text += " %p" if half.startswith(" ") else "%p"
    if zone:
        text += gap + ("Z" if zone == "a" else "%Z" if zone == "aaa" else "%z")
    return [text] if minutes else []
