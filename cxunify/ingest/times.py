"""raw.<source> -> Times: how each mapped column of dates and times is written, and in which time zones; never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from cxunify.config import Text, When
from cxunify.errors import Problem
from cxunify.ingest import abbreviations, dates, named_zones, patterns, zones
from cxunify.ingest.counts import Counts
from cxunify.ingest.dates import EXCEL, NEARLY_ALL, DateStyle
from cxunify.ingest.notes import ODD_HOURS, Note
from cxunify.ingest.rows import Reader, Rows
from cxunify.ingest.zones import Named, Shown
from cxunify.schema.words import counted

_SHAPES = 1_000
"""Shapes of values that are looked at."""
_WORDS = 200
"""Words in them that may name a zone."""
_SERIAL = re.compile(r"0{5}([.,]0+)?")
"""The shape of a spreadsheet's serial number."""
Whens = Mapping[str, When]
"""The mapped times, by their place in the mapping."""


@dataclass
class Times:
    """What came to light, column by column."""

    styles: dict[tuple[str, ...], DateStyle] = field(default_factory=dict)
    zones: dict[str, Named] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def questions(reader: Reader, whens: Whens) -> dict[str, str]:
    """The aggregates that `times` wants to know of the raw table, by a name of its own."""
    asked: dict[str, str] = {}
    for names, pattern in {(when.names, when.format) for when in whens.values()}:
        value = reader.joined(names)
        if not _stated(pattern):
            asked |= {f"{key}/{names}": sql for key, sql in dates.survey(value).items()}
        else:
            asked[f"filled/{names}"] = f"count({value})"
            asked[f"fits/{names}/{pattern}"] = dates.fits(value, _stated(pattern))
    return asked


def times(counts: Counts, rows: Rows, whens: Whens, answers: Mapping[str, int]) -> Times:
    """Decide every column of times; `answers` are those to the `questions`."""
    found = Times()
    for path, when in whens.items():
        column = when.timezone.column if isinstance(when.timezone, Text) else ""
        if column and column not in found.zones and rows.reader.has([column]):
            found.zones[column], problem = named_zones.read(counts, rows, path, when)
            found.problems += [problem] if problem else []
        if _stated(when.format):
            _declared(counts, rows, path, when, answers, found)
        elif when.names not in found.styles:
            _undeclared(counts, rows, path, when, answers, found)
    known = replace(rows, facts=replace(rows.facts, dates=found.styles, zones=found.zones))
    _told(counts, known, whens, found)
    return found


def born_by(counts: Counts, rows: Rows, whens: Whens) -> date:
    """The newest day that the rows state, which decides the century of birth dates whose years have two digits."""
    born = whens.get("person.birth_date")
    if born is None or not any("%y" in pattern for pattern in rows.facts.dates[born.names].formats):
        return dates.BORN_BY
    instants = [rows.instant(when) for path, when in whens.items() if path != "person.birth_date"]
    asked = {"newest": dates.newest(instants)} if instants else {}
    return counts.ask(rows.table, asked).get("newest") or dates.BORN_BY


def _declared(counts: Counts, rows: Rows, path: str, when: When, answers: Mapping[str, int], found: Times) -> None:
    patterns, value = _stated(when.format), rows.reader.joined(when.names)
    filled, fits = answers[f"filled/{when.names}"], answers[f"fits/{when.names}/{when.format}"]
    style = DateStyle(formats=patterns)
    if any("%Z" in pattern for pattern in patterns):
        style, fits = _with_letters(counts, rows, path, when, style, f"(select {value} as v from {rows.table})", found)
    found.styles[when.names] = style
    if filled and not fits:
        found.problems.append(
            Problem(
                f"source {rows.name}: {path}.format `{', '.join(patterns)}` fits none of the {counted(filled, 'value')} of"
                f" {' + '.join(when.names)}",
                "Correct it, or leave it out: ISO 8601 and unambiguous columns need none.",
                key=path,
            )
        )


def _undeclared(counts: Counts, rows: Rows, path: str, when: When, answers: Mapping[str, int], found: Times) -> None:
    own = {key: answers[f"{key}/{when.names}"] for key in ("filled", "local", "zoned", "odd")}
    readings: dates.Readings = {}
    fits: dict[str, dict[str, int]] = {}
    serial = 0
    rest = f"(select {rows.reader.joined(when.names)} as v from {rows.table}) where {dates.not_iso('v')}"
    if own["filled"] > own["local"] + own["zoned"]:
        shapes = dict(counts.values(patterns.shape("v"), rest, _SHAPES))
        readings, fits, serial = _readings(counts, rest, shapes)
    is_excel = when.format is not None and serial > 0
    verdict = dates.decide({**own, "filled": own["filled"] - serial} if is_excel else own, fits, readings)
    where = " + ".join(when.names)
    if verdict.note:
        found.notes.append(f"{path}, {where}: {verdict.note}")
    style = verdict.style or DateStyle()
    if any("%Z" in item for item in style.formats):
        style, _ = _with_letters(counts, rows, path, when, style, rest, found)
    if is_excel:
        style = replace(style, whole=False, formats=(*style.formats, EXCEL))
        found.notes.append(
            f"{path}, {where}: {counted(serial, 'serial number')} of a spreadsheet, read as what such numbers stand for: days"
        )
    elif serial:
        found.notes.append(
            f"{path}, {where}: {counted(serial, 'value is a number', 'values are numbers')}, as spreadsheets keep"
            f" days, not read as dates; if they are some: {_keys(path, when)}, format: {EXCEL}}}"
        )
    found.styles[when.names] = style
    if verdict.ambiguous:
        first, second = (listed[0] for listed in verdict.ambiguous)
        which, decides = "the values", "nothing in the column decides"
        if verdict.decided:
            which = counted(verdict.count, "value")
            decides = "none with that sign between day and month decides"
        offered = [(*verdict.decided, *listed) for listed in verdict.ambiguous]
        one, other = map(_listed, offered)
        found.problems.append(
            Problem(
                f"source {rows.name}: {path}, {where}: {which} can be read as {first} and as {second}, and {decides}",
                f"Say which: {_keys(path, when)}, format: {one}}} (or {other})",
                key=path,
                offers={"format": (first, second), "first": offered[0], "second": offered[1]},
            )
        )
    elif own["filled"] and verdict.style is None and not is_excel and path == "interaction.at":
        example = EXCEL if serial == own["filled"] else '"%d.%m.%Y %H:%M"'
        found.problems.append(
            Problem(
                f"source {rows.name}: {path}, {where}: none of the {counted(own['filled'], 'value')} is a date or time that can be"
                " recognised",
                f"State how they are written, such as at: {{column: {when.names[0]}, format: {example}}}",
                key=path,
            )
        )


def _stated(format_: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """The patterns that are stated; none where it is to be found out, among serial numbers of a spreadsheet or not."""
    patterns = (format_,) if isinstance(format_, str) else format_ or ()
    return () if patterns == (EXCEL,) else patterns


def _listed(patterns: tuple[str, ...]) -> str:
    """Patterns as they stand in a configuration."""
    quoted = ", ".join(f'"{pattern}"' for pattern in patterns)
    return quoted if len(patterns) == 1 else f"[{quoted}]"


def _without_letters(patterns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pattern for pattern in patterns if "%Z" not in pattern)


def _readings(
    counts: Counts, rest: str, shapes: Mapping[str, int]
) -> tuple[dates.Readings, dict[str, dict[str, int]], int]:
    """The patterns that values which are not ISO may have, how many of them each reading fits, and how many are serial numbers."""
    readings = patterns.candidates(dict(shapes))
    letters = []
    if any("%Z" in item for orders in readings.values() for listed in orders.values() for item in listed):
        # where every value ends with a half of the day, there are no letters of a zone, and no need to look for any
        ends = counts.ask(rest, {"all": "count(*)", "halves": dates.halves("v")})
        letters = _letters(counts, rest) if ends["halves"] < ends["all"] else []
        if not letters:
            readings = {
                sign: {order: plain for order, listed in orders.items() if (plain := _without_letters(listed))}
                for sign, orders in readings.items()
            }
    asked = {
        f"{sign}/{order}": dates.fits("v", listed, letters)
        for sign, orders in readings.items()
        for order, listed in orders.items()
    }
    told = counts.ask(rest, asked | _serials([*shapes]))
    serial = told.pop(EXCEL, 0)
    fits = {sign: {order: told[f"{sign}/{order}"] for order in orders} for sign, orders in readings.items()}
    return readings, fits, serial


def _serials(shapes: list[str]) -> dict[str, str]:
    """The question how many values are serial numbers of a spreadsheet; none where no value has the shape of one."""
    perhaps = len(shapes) == _SHAPES or any(map(_SERIAL.fullmatch, shapes))
    return {EXCEL: dates.serials("v")} if perhaps else {}


def _letters(counts: Counts, values: str) -> list[str]:
    """The words in values that may name a time zone."""
    words = counts.values("word", f"(select unnest({dates.letters('v')}) as word from {values})", _WORDS)
    return sorted(word for word, _ in words)


def _with_letters(
    counts: Counts, rows: Rows, path: str, when: When, style: DateStyle, values: str, found: Times
) -> tuple[DateStyle, int]:
    """The style of a column in which letters behind a time name its zone, knowing what they mean; and how many values it reads."""
    formats = [item for item in style.formats if "%Z" in item]
    asked = {word: dates.fits("v", formats, [word]) for word in _letters(counts, values)}
    fits = {word: count for word, count in counts.ask(values, asked).items() if count}
    home = when.timezone if isinstance(when.timezone, str) else rows.timezone
    meant = {word: abbreviations.meaning(word, home, when.zones) for word in fits}
    where = " + ".join(when.names)
    for word in sorted(word for word, zone in meant.items() if zone is None):
        suggested = abbreviations.suggested(word)
        shown = f"`{word}`" if suggested else f"{counted(len(word), 'letter')}"
        what = counted(fits[word], "time names its", "times name their")
        what += f" zone as {shown}, which the clocks of {home} are never called"
        if fits[word] <= (1 - NEARLY_ALL) * sum(fits.values()):
            found.notes.append(f"{path}, {where}: {what}: unreadable")
            continue
        one, *others = suggested or (abbreviations.NO_ZONE,)
        either = f" (or {', '.join(others)})" if others else ""
        found.problems.append(
            Problem(
                f"source {rows.name}: {path}, {where}: {what}",
                f"Say which zone it is: {_keys(path, when)}, zones: {{{word if suggested else '…'}: {one}}}}}{either}; or state"
                " `timezone`, where the source keeps other clocks.",
                key=path,
            )
        )
    for word in sorted(fits):
        if meant[word] is not None and abbreviations.is_foreign(word, home, when.zones):
            found.notes.append(
                f"{path}, {where}: {counted(fits[word], 'time names its', 'times name their')} zone as `{word}`,"
                f" which is no time of {home}, and is read as"
                " that of its country which is called so"
            )
    known = tuple((word, zone) for word, zone in meant.items() if zone is not None)
    return replace(style, letters=known), sum(fits.values())


def _told(counts: Counts, rows: Rows, whens: Whens, found: Times) -> None:
    """Note what is odd about the times of interactions: hours that clocks skip or show twice, letters that clocks did not show."""
    at = whens.get("interaction.at")
    if at is None:
        return
    style, zone = found.styles[at.names], rows.zone(at)
    if not isinstance(at.timezone, Text):
        found.notes += named_zones.unused(counts, rows, whens)
    home = zone.default if isinstance(zone, Named) else str(zone)
    own = {word: meant.offset for word, meant in style.letters if isinstance(meant, Shown) and meant.zone == home}
    asked = {}
    if style.naive and zone != "UTC":
        clocks = replace(zone, column="place") if isinstance(zone, Named) else zone
        asked["odd"] = f"count_if({zones.is_odd('wall', clocks)})"
        asked["skipped"] = f"count_if({zones.is_odd('wall', clocks, skipped=True)})"
    if own:
        asked["unlike"] = f"count_if(meant <> {zones.utc('shown', home)} and not {zones.is_odd('shown', home)})"
    if not asked:
        return
    value = rows.reader.joined(at.names)
    wall = replace(style, zoned=False, whole=style.whole and style.local, letters=())
    lettered = DateStyle(formats=tuple(item for item in style.formats if "%Z" in item))
    columns = {
        "place": zone.column if isinstance(zone, Named) else "null",
        "wall": dates.instant(value, wall, "UTC"),
        "meant": dates.instant(value, replace(lettered, letters=tuple(own.items())), "UTC"),
        "shown": dates.instant(value, replace(lettered, letters=tuple((word, 0) for word in own)), "UTC"),
    }
    listed = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    told = counts.ask(f"(select {listed} from {rows.table})", asked)
    if told.get("odd"):
        where = "their zone" if isinstance(zone, Named) else zone
        note = (
            f"interaction.at: {counted(told['odd'], 'time falls', 'times fall')} into an hour that the clocks of"
            f" {where} skip or show twice; the first is taken"
        )
        found.notes.append(Note(note, about=ODD_HOURS, number=told.get("skipped") or 0))
    if told.get("unlike"):
        found.notes.append(
            f"interaction.at: {counted(told['unlike'], 'time bears', 'times bear')} letters that the clocks of"
            f" {home} do not show on that day, read as what those clocks showed"
        )


def _keys(path: str, when: When) -> str:
    """The beginning of the lines that say more of a time: `at: {column: sold`."""
    named = f"column: {when.names[0]}" if len(when.names) == 1 else f"columns: [{', '.join(when.names)}]"
    return f"{path.rsplit('.', maxsplit=1)[-1]}: {{{named}"
