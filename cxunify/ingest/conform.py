"""raw.<source> -> staging.records, staging.interactions, staging.lines, staging.traces, staging.invalid: in canonical shape."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from typing import Any

from cxunify.config import Config, Source
from cxunify.errors import Problem
from cxunify.ingest import amounts, files, moved, narrow, unreadable
from cxunify.ingest.account import balance
from cxunify.ingest.bind import Columns
from cxunify.ingest.counts import Counts, Otherwise
from cxunify.ingest.forgotten import leave_out, speak
from cxunify.ingest.group import drop
from cxunify.ingest.planned import raw
from cxunify.ingest.rounded import rounded
from cxunify.ingest.rows import Reader, Rows
from cxunify.ingest.steps import Counted, replace, steps
from cxunify.ingest.survey import Surveyed, survey
from cxunify.ingest.tally import tally
from cxunify.ingest.totals import totals
from cxunify.schema import FILES, INTERACTIONS, RECORDS, STAGING, TRACES
from cxunify.schema.words import counted
from cxunify.warehouse import Stage, Warehouse, literal, quote
from cxunify.warehouse.fingerprint import fingerprint

VERSION = 21
"""Raised when the same rows and the same mapping would come out differently: staging is then made anew."""
MOST_CURRENCIES = 1_000
TYPED = ("parquet", "ndjson", "json", "spreadsheet")


@dataclass(frozen=True)
class Conformed:
    """What came of a source's rows."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def digest(warehouse: Warehouse, config: Config, name: str) -> str:
    """What the staging rows of a source are made of: the content of its files, how that was read, the mapping, the engines."""
    contents = [
        (file.sha256, file.reading, *((file.forgotten,) if file.forgotten else ()))
        for file in files.known(warehouse, name)
    ]
    return fingerprint(*_rule(config, name), contents)


def conform(warehouse: Warehouse, config: Config, name: str, formats: set[str], *, afresh: bool = False) -> Conformed:
    """Bring the staging rows of a source up to date; to be called within a transaction, which the caller undoes on problems.

    Where new files only add to what stands, their rows alone are looked at, unless it is to be made `afresh`; else all of them.
    """
    whole = rows_of(warehouse, config, name, formats)
    made_by = fingerprint(*_rule(config, name), whole.reader.columns.names, sorted(formats), config.sources[name].load)
    stands = None if afresh else narrow.standing(warehouse, name, made_by)
    if stands is not None:
        with contextlib.suppress(Otherwise):
            return _made(warehouse, config, whole, formats, made_by, stands)
    return _made(warehouse, config, whole, formats, made_by, None)


def _made(
    warehouse: Warehouse, config: Config, whole: Rows, formats: set[str], made_by: str, stands: narrow.Standing | None
) -> Conformed:
    """Look at the columns of a source, count what the stages depend on, make the stages, put what they select in place.

    Of what `stands`, nothing is looked at but what was kept. Raises Otherwise where that does not do.
    """
    name, source, reader = whole.name, whole.source, whole.reader
    new = stands.new if stands else None
    rows = dataclasses.replace(whole, table=_of(whole.table, f"file_id in ({', '.join(map(str, new))})" if new else ""))
    counts = Counts(warehouse, rows.table, stands.answers if stands else None)
    header = _header(reader) if formats & {"csv", "spreadsheet"} else ""
    again = counts.ask(f"{rows.table} where {header}", {"rows": "count(*)"})["rows"] if header else 0
    sums = totals(counts, rows)
    skipped = " or ".join([*_skipped(source, reader), *([header] if again else []), *map(_rows, sums.items())])
    rows = dataclasses.replace(rows, all=rows.table)
    rows, whole = (
        dataclasses.replace(one, table=_of(one.table, skipped and f"not ({skipped})")) for one in (rows, whole)
    )
    counts.of(rows.table)
    read = _read(counts, rows, whole)
    rows, notes = read.rows, list(read.notes)
    if stands and (read.problems or narrow.read_by(rows) != stands.read_by or speak(warehouse, config, rows)):
        raise Otherwise
    if again:
        notes.append(f"{counted(again, 'row repeats the header and is', 'rows repeat the header and are')} left out")
    notes += _told(warehouse, sums)
    forgotten = 0 if read.problems else leave_out(warehouse, config, rows)
    if forgotten:
        notes.append(f"{counted(forgotten, 'row is', 'rows are')} of people who are forgotten, and left out")
    found = read.problems or tally(counts, rows, notes, read.unreadable, new)
    if not isinstance(found, Counted):
        return Conformed(found, tuple(notes))
    if new:
        narrow.add(warehouse, steps(rows, found))
    else:
        replace(warehouse, name, (*steps(rows, found), *read.moved))
    drop(warehouse)
    moved.drop(warehouse)
    left_out = f"select file_id, count(*) from {rows.all} where {skipped} group by file_id"
    files.settle(warehouse, name, dict(warehouse.rows(left_out)) if skipped else {}, new)
    balance(warehouse, name, source)
    if source.load == "append" and not read.moved and not forgotten:
        narrow.keep(warehouse, name, made_by, narrow.read_by(rows), counts.answers)
    else:
        narrow.forget(warehouse, name)
    return Conformed((), tuple(notes))


def _rule(config: Config, name: str) -> list[Any]:
    """By what the rows of a source are conformed."""
    source = config.sources[name]
    mapping = source.model_dump(mode="json", include={"person", "interaction", "skip", "null_values"})
    defaults = [source.timezone or config.timezone, source.currency or config.currency]
    shape = [(column.name, column.type) for table in STAGING for column in table.columns]
    return [VERSION, shape, mapping, defaults]


def _of(table: str, condition: str) -> str:
    """Those rows of a table for which a condition holds, as SQL; where there is none, all."""
    return f"(select * from {table} where {condition})" if condition else table


def rows_of(warehouse: Warehouse, config: Config, name: str, formats: set[str]) -> Rows:
    """All rows of a source, of files of these formats."""
    source = config.sources[name]
    reader = Reader(Columns(tuple(list(warehouse.columns(f"raw.{name}"))[2:])), source.null_values)
    timezone, currency = source.timezone or config.timezone, source.currency or config.currency
    return Rows(name, source, raw(name), reader, timezone, currency, formats <= set(TYPED))


@dataclass(frozen=True)
class _Read(Surveyed):
    """The rows that can be read as they stand, the fields of which some cell cannot, and the rejects of the other rows."""

    unreadable: tuple[str, ...] = ()
    moved: tuple[Stage, ...] = ()


def _read(counts: Counts, rows: Rows, whole: Rows) -> _Read:
    """Look at the columns of a source; once more without the rows whose cells have moved, where there are such.

    What cells of a column look like is judged by all rows that count, `whole`: where rows stand, none of these was moved.
    """
    all_ = _looked_at(counts, rows)
    fields = (*all_.unreadable, *(unreadable.standing(counts.warehouse, rows) if counts.is_narrow else ()))
    judged = dataclasses.replace(all_.rows, table=whole.table)
    left = moved.find(counts.warehouse, judged, fields, standing=counts.is_narrow)
    if left is None:
        return all_
    if counts.is_narrow:
        raise Otherwise
    return dataclasses.replace(_looked_at(Counts(counts.warehouse, left.table), left), moved=(moved.rejected(rows),))


def _looked_at(counts: Counts, rows: Rows) -> _Read:
    found = survey(counts, rows)
    looked = rounded(counts, found.rows)
    problems, notes = (*found.problems, *looked.problems), [*found.notes, *looked.notes]
    if problems:
        return _Read(looked.rows, problems, tuple(notes))
    notes += _fine(counts, looked.rows)
    return _Read(looked.rows, problems, tuple(notes), unreadable.find(counts.warehouse, looked.rows))


def _fine(counts: Counts, rows: Rows) -> list[str]:
    """What is to be said of amounts that are rounded: how many, and how much that is of each currency."""
    event = rows.source.interaction
    amount = amounts.amount(rows, event) if event else None
    if event is None or amount is None:
        return []
    finer = f"{rows.table} where {amount.rounded.perhaps}"
    if not counts.ask(finer, {"rows": "count(*)"})["rows"]:
        return []
    own = f"coalesce({amounts.currency(rows, event)}, {literal(rows.currency)})"
    sums = ("count(*)", f"sum({amount.rounded.lost})")
    said = counts.values(own, f"{finer} and {amount.rounded.lost} <> 0", MOST_CURRENCIES, sums)
    much = ", ".join(f"{code} {f'{total:f}'.rstrip('0').rstrip('.') or 0}" for code, _, total in sorted(said))
    fine = sum(count for _, count, _ in said)
    told = f"some amounts are finer than a hundredth ({fine}), and rounded to it; rounding takes off {much} in all"
    return [f"interaction.amount: {told}"] if fine else []


def clear(warehouse: Warehouse, name: str) -> None:
    """Remove what staging holds of a source."""
    replace(warehouse, name, ())


def are_distinct(warehouse: Warehouse) -> bool:
    """Whether every record, interaction and trace has a number of its own, as it must."""
    numbers = {RECORDS: "row_no", INTERACTIONS: "row_no", TRACES: "trace_id"}
    return all(
        total == distinct
        for table, number in numbers.items()
        for total, distinct in warehouse.rows(f"select count(*), count(distinct {number}) from {table.name}")
    )


def _skipped(source: Source, reader: Reader) -> list[str]:
    """The conditions under which a row is left out on purpose."""
    parts = []
    for column, values in source.skip.items():
        listed = ", ".join(literal(value) for value in values)
        text = Reader(reader.columns, ()).text(column)
        is_empty = f" or {text} is null" if "" in values else ""
        parts.append(f"(coalesce({text} in ({listed}), false){is_empty})")
    return parts


def _rows(of: tuple[int, list[int]]) -> str:
    """The condition that a row is one of some of a file."""
    return f"(file_id = {of[0]} and source_row in ({', '.join(map(str, of[1]))}))"


def _told(warehouse: Warehouse, sums: dict[int, list[int]]) -> list[str]:
    """What to say of lines of totals, file by file."""
    paths = dict(warehouse.rows(f"select file_id, path from {FILES.name}")) if sums else {}
    return [
        f"{paths[file_id]}, row {', '.join(map(str, rows))}: a line of totals behind the records, left out"
        for file_id, rows in sums.items()
    ]


def _header(reader: Reader) -> str:
    """The condition that a row is the header once more, where exports were put one behind the other; empty of one column."""
    first, *more = reader.columns.names or ("",)
    alike = [
        f"coalesce(trim({quote(name)}) = {literal(name.strip())}, true)" for name in more if not name.endswith(")")
    ]
    own = f"coalesce(trim({quote(first)}) = {literal(first.strip())}, false)"
    return f"({' and '.join([own, *alike])})" if alike else ""
