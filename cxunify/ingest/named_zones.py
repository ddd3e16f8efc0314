"""a column that names time zones -> what each of its names means; and columns that name some and are not mapped."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cxunify.config import Text, When
from cxunify.errors import Problem
from cxunify.ingest import abbreviations
from cxunify.ingest.counts import Counts
from cxunify.ingest.rows import Rows
from cxunify.ingest.zones import Named, One, Shown, changes
from cxunify.schema.words import counted
from cxunify.vocabulary import timezones
from cxunify.warehouse import quote

_HEADER = re.compile(r"time ?zone|zone ?info|\btz\b|utc ?offset", re.IGNORECASE)
_MOST = 500
"""More different values than there are zones are none."""


def read(counts: Counts, rows: Rows, path: str, when: When) -> tuple[Named, Problem | None]:
    """What the names in the column of a time's zones mean, and what is to be said of those that mean nothing."""
    assert isinstance(when.timezone, Text)
    column = when.timezone.column
    values = _values(counts, rows, rows.reader.text(column))
    meant = {value: _meaning(value, rows.timezone, when.zones) for value in values}
    problem = None
    unknown = [value for value, zone in meant.items() if zone is None]
    if unknown:
        count = sum(values[value] for value in unknown)
        # names are shown only where the column is one of zones: else it may hold anything, and cells are nobody's to print
        unknown = [value for value in unknown if len(unknown) < len(meant) or abbreviations.suggested(value)] or unknown
        shown = len(unknown) < len(meant) or bool(abbreviations.suggested(unknown[0]))
        listed = f": {', '.join(f'`{value}`' for value in unknown[:3])}" if shown else ""
        one, *others = (abbreviations.suggested(unknown[0]) if shown else ()) or (abbreviations.NO_ZONE,)
        either = f" (or {', '.join(others)})" if others else ""
        problem = Problem(
            f"source {rows.name}: {path}.timezone, {column}: {counted(count, 'row names', 'rows name')} no time zone"
            f" that is known{listed}",
            f"Say what each is: {path.rsplit('.', maxsplit=1)[-1]}: {{…, timezone: {{column: {column}}}, zones:"
            f' {{"{unknown[0] if shown else "…"}": {one}}}}}{either}',
            key=path,
        )
    # most extracts name the source's own zone in every row: those rows need no second look
    known = {value: zone for value, zone in meant.items() if zone is not None and not _is_same(zone, rows.timezone)}
    # not by how many rows name each: that changes with every file, and means nothing
    return Named(
        rows.reader.text(column), tuple((value, known[value]) for value in sorted(known)), rows.timezone
    ), problem


def unused(counts: Counts, rows: Rows, whens: Mapping[str, When]) -> list[str]:
    """What is to be said of columns that name other zones than the company's, as whose times that name none are read."""
    at = whens["interaction.at"]
    if not rows.facts.dates[at.names].naive or at.timezone or rows.source.timezone:
        return []  # they name their own, or the mapping says whose they are: the zone of a visitor is another thing
    home = rows.timezone
    notes = []
    for name in _suspects(counts, rows, set(at.names)):
        values = _values(counts, rows, rows.reader.text(name))
        meant = {value: _meaning(value, home, at.zones) for value in values}
        if not values or None in meant.values() or len(values) == _MOST:
            continue
        others = sum(count for value, count in values.items() if not _alike(meant[value], home))
        if others:
            columns = f"column: {at.names[0]}" if len(at.names) == 1 else f"columns: [{', '.join(at.names)}]"
            notes.append(
                f"{name} names time zones, and in {counted(others, 'row')} another one than {home}, as whose all"
                f" times are read; to use it:"
                f" at: {{{columns}, timezone: {{column: {name}}}}}"
            )
    return notes


def _suspects(counts: Counts, rows: Rows, taken: set[str]) -> list[str]:
    """The columns that may name time zones: by their headers, or because their first rows hold names that only zones have."""
    names = [name for name in rows.reader.columns.names if name not in taken]
    by_header = [name for name in names if _HEADER.search(name.replace("_", " "))]
    others = [name for name in names if name not in by_header]

    def by_value(first: list[tuple[object, ...]]) -> list[str]:
        return [
            name
            for name, column in zip(others, zip(*first, strict=True), strict=False)
            if (cells := {str(cell) for cell in column if cell}) and all(map(_is_plainly_one, cells))
        ]

    listed = ", ".join(map(quote, others))
    return [*by_header, *(counts.first(f"select {listed} from {rows.table} limit 50", by_value) if others else [])]


def _is_plainly_one(cell: str) -> bool:
    """Whether a text is the name of a zone, and not of a city or a number too."""
    return ("/" in cell or cell.lower().endswith(" time") or " Time (" in cell) and timezones.zone(cell) is not None


def _values(counts: Counts, rows: Rows, text: str) -> dict[str, int]:
    return dict(counts.values("value", f"(select {text} as value from {rows.table}) where value is not null", _MOST))


def _meaning(value: str, home: str, mapped: Mapping[str, str]) -> One | None:
    named = next((zone for name, zone in mapped.items() if name.casefold() == value.casefold()), None)
    found = timezones.zone(value) if named is None else named
    return abbreviations.meaning(value, home, mapped) if found is None else found


def _is_same(zone: One, other: str) -> bool:
    """Whether two zones have always kept the same clocks."""
    return isinstance(zone, str) and (zone == other or changes(zone) == changes(other))


def _alike(zone: One | None, home: str) -> bool:
    """Whether a zone has kept the clocks of another one in our days."""
    zone = zone.zone if isinstance(zone, Shown) else zone
    if isinstance(zone, int) or zone is None:
        return changes(home) == (zone, ())
    return zone == home or changes(zone)[1][-40:] == changes(home)[1][-40:] != () or changes(zone) == changes(home)
