"""columns of dates and times -> DateStyle, decided by the whole column or refused -> SQL of UTC instants and of dates."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from cxunify.ingest import zones
from cxunify.schema.words import counted
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
SERIAL = r"[2-5]\d{4}([.,]\d+)?"
"""A spreadsheet's serial number of a day from 1954 to 2064, and its part of the day."""
EXCEL = "excel"
OUR_TIMES = ("2000-01-01", "2040-01-01")
"""What an extract of our days states; an instant beyond these is a slip, or stands for none."""
BORN_BY = datetime.date(2029, 12, 31)
"""Spreadsheets' rule for years of two digits, 1930 to 2029: that of birth dates in an extract that states no instant."""
NEARLY_ALL = 0.99
Readings = dict[str, dict[str, tuple[str, ...]]]
"""By the sign between day, month and year, and by which of them is first: the strptime patterns."""


@dataclass(frozen=True)
class DateStyle:
    """How a column writes dates and times: which of ISO's forms occur, and the strptime patterns of the rest."""

    local: bool = False
    zoned: bool = False
    odd: bool = False
    whole: bool = False
    """Every value has the one form that occurs: no need to look before reading."""
    formats: tuple[str, ...] = ()
    letters: tuple[tuple[str, zones.One], ...] = ()
    """What the letters behind a time mean, where `%Z` stands for them."""

    @property
    def naive(self) -> bool:
        """Some values name no zone."""
        return self.local or any("%z" not in item and "%Z" not in item and item not in EPOCHS for item in self.formats)


@dataclass(frozen=True)
class Verdict:
    """What was found out about a column: a style, or `ambiguous` readings, or neither when nothing in it is a date."""

    style: DateStyle | None
    ambiguous: tuple[tuple[str, ...], ...] = ()
    """Each of the readings that nothing tells apart, as all of its patterns."""
    decided: tuple[str, ...] = ()
    """Beside those, the patterns of values with other signs, which their own cells decide."""
    count: int = 0
    """How many values are ambiguous."""
    note: str = ""


def survey(value: str) -> dict[str, str]:
    """Cheap aggregates, by name, on a column whose trimmed text is `value`."""
    return {
        "filled": f"count({value})",
        "local": f"count_if(regexp_full_match({value}, {literal(LOCAL)}))",
        "zoned": f"count_if(regexp_full_match({value}, {literal(ZONED)}))",
        "odd": f"count_if(regexp_full_match({value}, {literal(ODD)}))",
    }


def fits(value: str, formats: Iterable[str], letters: Iterable[str] = ()) -> str:
    """The aggregate that counts the values that strptime patterns read; epochs only where they are of our times.

    `letters`: those that may stand where a pattern has `%Z`.
    """
    style = DateStyle(formats=tuple(formats), letters=tuple((word, 0) for word in letters))
    parsed = [
        _of_our_times(sql) if pattern in EPOCHS else sql
        for pattern, sql in zip(style.formats, _by_format(value, style, "UTC"), strict=True)
    ]
    return f"count({_coalesce(parsed)})"


def serials(value: str) -> str:
    """The aggregate that counts a spreadsheet's serial numbers."""
    return f"count_if(regexp_full_match({value}, {literal(SERIAL)}))"


def halves(value: str) -> str:
    """The aggregate that counts the values that end with a half of the day."""
    return f"count_if(lower(right({value}, 2)) in ('am', 'pm'))"


def letters(value: str) -> str:
    """The list of the words in a value that may name a time zone."""
    is_one = "w = 'Z' or (length(w) between 2 and 6 and upper(w) not in ('AM', 'PM'))"
    return f"list_filter(regexp_extract_all({value}, '[A-Za-z]+'), lambda w: {is_one})"


def not_iso(value: str) -> str:
    """The condition that a value is there and is not ISO 8601."""
    return f"{value} is not null and not regexp_full_match({value}, {literal(f'{LOCAL}|{ZONED}')})"


def decide(counts: dict[str, int], fits: dict[str, dict[str, int]], readings: Readings) -> Verdict:
    """The style of a column by its `survey` and by how many of the values that are not ISO each reading fits.

    Of the values with one sign between their parts, one reading must fit all that any reading fits, or nearly all while no
    other does; otherwise the column is ambiguous, unless so few values are concerned that they may count as unreadable.
    What values with another sign say is no evidence: a new till may write 06/01/2026 where the old one wrote 31.05.2026.
    """
    rest = counts["filled"] - counts["local"] - counts["zoned"]
    whole = counts["filled"] in {counts["local"], counts["zoned"]}
    iso = DateStyle(counts["local"] > 0, counts["zoned"] > 0, counts["odd"] > 0, whole)
    most = {sign: max(of.values(), default=0) for sign, of in fits.items()}
    if not rest or not any(most.values()):
        return Verdict(iso if iso.local or iso.zoned else None)
    full = sum(most.values()) >= rest
    decided: list[str] = []
    signs, unread = 0, 0
    open_: list[tuple[int, list[tuple[str, ...]]]] = []
    for sign, of in fits.items():
        best = [order for order, count in of.items() if count == most[sign]]
        rivals = [order for order, count in of.items() if order not in best and count > NEARLY_ALL * most[sign]]
        if not most[sign]:
            continue
        if len(best) == 1 and (full or not rivals):
            decided += readings[sign][best[0]]
            signs += 1
        elif most[sign] <= (1 - NEARLY_ALL) * counts["filled"]:
            unread += most[sign]
        else:
            open_.append((most[sign], [readings[sign][order] for order in (*best, *rivals)]))
    if open_:
        ends = (0, -1)  # of three orders the middle one is hardly meant
        ambiguous = tuple(tuple(pattern for _, of in open_ for pattern in of[end]) for end in ends)
        return Verdict(None, ambiguous, tuple(decided), sum(count for count, _ in open_))
    fitted = "the whole column" if signs == 1 and not unread else "all values with the same sign between day and month"
    notes = [f"read as {' or '.join(decided)}, the only reading that fits {fitted}"] if decided else []
    if unread:
        notes.append(f"{counted(unread, 'value')} could be read in more than one way: counted as unreadable")
    return Verdict(
        DateStyle(iso.local, iso.zoned, iso.odd, formats=tuple(decided)) if decided else iso, note="; ".join(notes)
    )


def instant(value: str, style: DateStyle, timezone: zones.Zone) -> str:
    """The UTC timestamp in a text; null where it is none. Values without a zone are of `timezone`."""
    branches = []
    text = _respelled(value) if style.odd else value
    if style.local:
        branches.append((LOCAL, zones.utc(f"try_cast({text} as timestamp)", timezone)))
    if style.zoned:
        stated = f"cast(try_cast({text} as timestamptz) as timestamp)"
        edge = f"{text} < '0001-01-02' or {text} >= '9999-12-31'"
        held = f"case when ({edge}) and {stated} is not null then {zones.within_years(stated)} else {stated} end"
        branches.append((ZONED, held))
    if style.whole:
        return _leapt(value, branches[0][1]) if style.odd else branches[0][1]
    iso = " ".join(f"when regexp_full_match({value}, {literal(pattern)}) then {sql}" for pattern, sql in branches)
    other = _coalesce(_by_format(value, style, timezone))
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
    style = replace(style, letters=tuple((word, 0) for word, _ in style.letters))
    other = _coalesce(
        f"cast(case when {sql} >= date {literal(str(born_by))} + 1 then {sql} - interval 100 year else {sql} end as date)"
        if "%y" in pattern
        else f"cast({sql} as date)"
        for pattern, sql in zip(style.formats, _by_format(value, style, "UTC"), strict=True)
    )
    return f"case {iso} else {other} end" if style.local or style.zoned else other


def _of_our_times(instant: str) -> str:
    return f"case when {instant} between {literal(OUR_TIMES[0])} and {literal(OUR_TIMES[1])} then {instant} end"


def _coalesce(values: Iterable[str]) -> str:
    values = list(values)
    return f"coalesce({', '.join(values)})" if len(values) > 1 else values[0] if values else "null::timestamp"


def _by_format(value: str, style: DateStyle, timezone: zones.Zone) -> list[str]:
    return [
        # a pattern with letters in the place of its `%Z` for each zone that they name
        _coalesce(_parse(value, pattern.replace("%Z", word), zone) for word, zone in style.letters)
        if "%Z" in pattern
        else _parse(value, pattern, timezone)
        for pattern in style.formats
    ]


def _parse(value: str, pattern: str, timezone: zones.Zone) -> str:
    if pattern == EXCEL:
        # to the second: 45292.75 is a quarter to midnight, and what a spreadsheet keeps behind that is noise
        seconds = f"round(try_cast(replace({value}, ',', '.') as double) * 86400)::bigint"
        day = f"case when regexp_full_match({value}, {literal(SERIAL)}) then timestamp '1899-12-30' + to_seconds({seconds}) end"
        return zones.utc(f"({day})", timezone)
    if pattern in EPOCHS:
        # exact for fractions too, and null beyond what a timestamp holds
        number = f"try_cast(try_cast({value} as decimal(28, 6)) * {EPOCHS[pattern]} as bigint)"
        return f"case when abs({number}) < 253402300800000000 then make_timestamp({number}) end"
    parsed = f"try_strptime({value}, {literal(pattern)})"
    if "%Y" in pattern:  # strptime takes `24` for the year 24: a year has four digits
        parsed = f"case when regexp_matches({value}, '\\d{{4}}') then {parsed} end"
    return f"cast({parsed} as timestamp)" if "%z" in pattern else zones.utc(parsed, timezone)


def _respelled(value: str) -> str:
    """ISO 8601 as DuckDB's cast takes it: a point before fractions, no blank before the zone, no leap second."""
    text = f"replace(regexp_replace({value}, ':60($|\\D)', ':59\\1'), ',', '.')"
    text = f"regexp_replace({text}, ' ?(UTC|GMT|Z)$', 'Z')"
    return f"regexp_replace({text}, ' ([+-]\\d)', '\\1')"


def _leapt(value: str, parsed: str) -> str:
    """A leap second is the first second of the next minute."""
    return f"(case when regexp_matches({value}, ':60($|\\D)') then {parsed} + interval 1 second else {parsed} end)"
