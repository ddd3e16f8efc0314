"""files of a snapshot + source -> Problem, where nothing says that the newest takes the place of those that are not read.

The newest file alone is right for exports of one thing at different times, and wrong for an export in parts, for one file per
status and for one per shop. Dates that increase in the names say that files are versions, and so do ids: a newer version has
most of those of the one before it, and the same people or moments behind them. Where neither does, whoever owns the files is asked.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from cxunify.config import Source
from cxunify.errors import InputError, Problem
from cxunify.ingest.bind import Columns, wanted
from cxunify.ingest.find import Extract
from cxunify.ingest.probe import probe
from cxunify.ingest.read import read
from cxunify.ingest.rows import Reader
from cxunify.schema.words import counted
from cxunify.warehouse import Warehouse, quote

_MOST = 0.5
"""A newer version has at least this share of the ids of the older one, and the same behind at least this share of them."""
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:[-_./ ]?(?:0[1-9]|1[0-2])(?:[-_./ ]?(?:0[1-9]|[12]\d|3[01])(?:[-_.T ]*\d{2}(?:[-_.:h]?\d{2}){0,2})?)?"
    r"|[-_. ]?[QqWw]\d{1,2})(?!\d)|(?<!\d)1[0-9]{9}(?:\d{3})?(?!\d)"
)
"""A year with its month, day and time, its quarter or its week, the largest first; or seconds since 1970, as systems name files."""


def is_asked(source: Source, extracts: Sequence[Extract]) -> bool:
    """Whether a source leaves files unread without that it, or their names, say that they are older versions."""
    older = [extract for extract in extracts if extract.superseded]
    return bool(older) and "load" not in source.model_fields_set and not is_dated([one.name for one in extracts])


def is_dated(names: Sequence[str]) -> bool:
    """Whether each of the names, in their order, has a later date than the one before it."""
    dates = [[re.sub(r"\D", "", found[0]) for found in _DATE.finditer(name)] for name in names]
    return all(dates) and all(older < newer for older, newer in pairwise(dates))


def judge(
    warehouse: Warehouse, name: str, source: Source, extracts: Sequence[Extract], newest: str, scratch: Path
) -> Problem | None:
    """What to say of a source that leaves files unread; `newest` is the table with the rows of the last of its extracts.

    The files are compared one with the next, as versions follow each other; one that cannot be read says nothing.
    """
    unread = f"raw.{quote(name + ' (unread)')}"
    warehouse.execute(f"drop table if exists {unread}")
    try:
        told = []
        for place, extract in enumerate(extracts[:-1]):
            with contextlib.suppress(InputError):
                read(warehouse, extract, probe(warehouse, extract, source), unread, place, scratch)
                told.append((extract.name, _told(warehouse, source, unread, f"file_id = {place}")))
        told.append((extracts[-1].name, _told(warehouse, source, newest, "true")))
        doubts = [doubt for older, newer in pairwise(told) if (doubt := _doubt(warehouse, *older, *newer))]
    finally:
        warehouse.execute(f"drop table if exists {unread}")
    if not doubts:
        return None
    return Problem(
        f"source {name}: {len(extracts)} files match, and nothing says that all but {extracts[-1].name} are older versions of it:"
        f" {doubts[0]}",
        "Say what they are: `load: parts` (all of them together are the truth), `load: append` (each adds to what was loaded"
        " before) or `load: snapshot` (the last by name is the truth, the others are old); files of shops that number by"
        " themselves are sources of their own.",
        key="load",
        offers={"load": ("parts", "append", "snapshot")},
    )


def _told(warehouse: Warehouse, source: Source, table: str, where: str) -> str:
    """The ids in the rows of a table that a condition leaves, each with something that tells what it stands for, as SQL."""
    reader = Reader(Columns(tuple(warehouse.columns(table.replace('"', "")))), source.null_values)
    named, said = _names(source, reader)
    if not named:
        return "select null::varchar as id, null::varchar as said where false"
    ids = " || chr(31) || ".join(f"coalesce({reader.text(column)}, '')" for column in named)
    means = f"min(lower({reader.joined(said)}))" if said else "null::varchar"
    filled = f"coalesce({', '.join(map(reader.text, named))}, null) is not null"
    return f"select {ids} as id, {means} as said from {table} where {where} and {filled} group by 1"


def _names(source: Source, reader: Reader) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of the id, and those that tell what it stands for; without an id, what tells people or rows apart is the id."""
    person, event = source.person, source.interaction
    refs = [*person.email, *person.phone, person.full_name, person.family_name] if person else []
    told = next((ref.names for ref in refs if ref and ref.names and reader.has(ref.names)), ())
    if person and person.id and reader.has(person.id.names):
        return person.id.names, told
    if event and event.id and reader.has(event.id.names):
        return event.id.names, event.at.names if reader.has(event.at.names) else ()
    return told or tuple(column for column in wanted(source) if reader.has([column])), ()


def _doubt(warehouse: Warehouse, one: str, older: str, other: str, newer: str) -> str:
    """Why the second of two files is no newer version of the first; empty where it may be."""
    total, common, differ = warehouse.rows(
        "select count(*), count(n.id), count(*) filter (o.said <> n.said)"
        f" from ({older}) as o left join ({newer}) as n on n.id = o.id"
    )[0]
    if common < total * _MOST:
        shared = f"{common} of the {counted(total, 'id')}" if common else f"not one of the {counted(total, 'id')}"
        return f"{other} has {shared} in {one}"
    if differ > common * _MOST:
        others = counted(differ, "means", "mean")
        return f"of the {counted(common, 'id')} that {one} and {other} share, {others} something else in each"
    return ""
