"""raw.<source> -> staging.records, staging.interactions, staging.lines, staging.traces, staging.invalid: in canonical shape."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass

from cxunify.config import Config, Source
from cxunify.errors import Problem
from cxunify.ingest import amounts, files, interactions, moved, persons, said, unreadable, versions
from cxunify.ingest.account import balance
from cxunify.ingest.bind import Columns
from cxunify.ingest.forgotten import leave_out
from cxunify.ingest.group import drop, group
from cxunify.ingest.planned import raw
from cxunify.ingest.reuse import A_FEW, WHOLE
from cxunify.ingest.rounded import rounded
from cxunify.ingest.rows import Reader, Rows
from cxunify.ingest.steps import Counted, replace, steps
from cxunify.ingest.survey import Surveyed, survey
from cxunify.ingest.totals import totals
from cxunify.schema import FILES, INTERACTIONS, RECORDS, STAGING, TRACES
from cxunify.schema.words import counted, percent
from cxunify.warehouse import Stage, Warehouse, literal, quote
from cxunify.warehouse.runner import ENGINES

VERSION = 19
"""Raised when the same rows and the same mapping would come out differently: staging is then made anew."""
TYPED = ("parquet", "ndjson", "json", "spreadsheet")


@dataclass(frozen=True)
class Conformed:
    """What came of a source's rows."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def digest(warehouse: Warehouse, config: Config, name: str) -> str:
    """What the staging rows of a source are made of: the content of its files, how that was read, the mapping, the engines."""
    source = config.sources[name]
    mapping = source.model_dump(mode="json", include={"person", "interaction", "skip", "null_values"})
    defaults = [source.timezone or config.timezone, source.currency or config.currency]
    contents = [
        (file.sha256, file.reading, *((file.forgotten,) if file.forgotten else ()))
        for file in files.known(warehouse, name)
    ]
    shape = [(column.name, column.type) for table in STAGING for column in table.columns]
    text = json.dumps([VERSION, ENGINES, shape, mapping, defaults, contents], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def conform(warehouse: Warehouse, config: Config, name: str, formats: set[str]) -> Conformed:
    """Make the staging rows of a source anew; to be called within a transaction, which the caller undoes on problems.

    Look at its columns, count what the stages depend on, make the stages, put what they select in place.
    """
    source = config.sources[name]
    whole = rows_of(warehouse, config, name, formats)
    reader = whole.reader
    header = _header(reader) if formats & {"csv", "spreadsheet"} else ""
    again = warehouse.scalar(f"select count(*) from {raw(name)} where {header}") if header else 0
    sums = totals(warehouse, name, source)
    skipped = " or ".join([*_skipped(source, reader), *([header] if again else []), *map(_rows, sums.items())])
    table = f"(select * from {raw(name)} where not ({skipped}))" if skipped else raw(name)
    read = _read(warehouse, dataclasses.replace(whole, table=table))
    rows, notes = read.rows, list(read.notes)
    if again:
        notes.append(f"{counted(again, 'row repeats the header and is', 'rows repeat the header and are')} left out")
    notes += _told(warehouse, sums)
    forgotten = 0 if read.problems else leave_out(warehouse, config, rows)
    if forgotten:
        notes.append(f"{counted(forgotten, 'row is', 'rows are')} of people who are forgotten, and left out")
    found = read.problems or _counted(warehouse, rows, notes, read.unreadable)
    if not isinstance(found, Counted):
        return Conformed(found, tuple(notes))
    replace(warehouse, name, (*steps(rows, found), *read.moved))
    drop(warehouse)
    moved.drop(warehouse)
    counts = f"select file_id, count(*) from {raw(name)} where {skipped} group by file_id"
    files.settle(warehouse, name, dict(warehouse.rows(counts)) if skipped else {})
    balance(warehouse, name, source)
    return Conformed((), tuple(notes))


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


def _read(warehouse: Warehouse, rows: Rows) -> _Read:
    """Look at the columns of a source; once more without the rows whose cells have moved, where there are such."""
    all_ = _looked_at(warehouse, rows)
    left = moved.find(warehouse, all_.rows, all_.unreadable)
    return all_ if left is None else dataclasses.replace(_looked_at(warehouse, left), moved=(moved.rejected(rows),))


def _looked_at(warehouse: Warehouse, rows: Rows) -> _Read:
    found = survey(warehouse, rows)
    looked = rounded(warehouse, found.rows)
    problems, notes = (*found.problems, *looked.problems), [*found.notes, *looked.notes]
    if problems:
        return _Read(looked.rows, problems, tuple(notes))
    notes += _fine(warehouse, looked.rows)
    return _Read(looked.rows, problems, tuple(notes), unreadable.find(warehouse, looked.rows))


def _counted(
    warehouse: Warehouse, rows: Rows, notes: list[str], unreadable: tuple[str, ...]
) -> Counted | tuple[Problem, ...]:
    """Count what the stages of a source depend on, and note what its owner should know."""
    person, event = rows.source.person, rows.source.interaction
    older, nobody, lines, turned = 0, 0, None, False
    if person is not None:
        total, named, distinct = warehouse.rows(persons.ids(rows, person))[0]
        older, nobody = named - distinct, total - named
        if nobody:
            notes.append(
                f"{counted(nobody, 'row describes', 'rows describe')} nobody: neither an id nor any mapped column is filled"
            )
        if older and (problem := versions.compare(warehouse, rows, person, distinct)):
            return (problem,)
    if event is not None:
        grouped = group(warehouse, rows, event)
        if isinstance(grouped, Problem):
            return (grouped,)
        lines = grouped
        if lines.reused:
            notes.append(
                f"interaction.id: {counted(lines.reused, 'id is', 'ids are')} shared by rows that cannot be one interaction; these"
                f" are kept apart (more than {A_FEW}, and more than {percent(WHOLE, 0)} of all, would make the column no id)"
            )
        if lines.added:
            notes.append(
                f"the lines of {counted(lines.added, 'interaction')} lie in several files, and were put together"
            )
        above, below = warehouse.rows(interactions.signs(lines))[0]
        turned = above and not below
        if turned:
            notes.append(
                f"the amounts of {counted(above, 'return')} carry no sign and are taken as money that flows back"
            )
        notes += said.lacking(rows, event)
    return Counted(bool(older), bool(nobody), lines, bool(turned), unreadable)


def _fine(warehouse: Warehouse, rows: Rows) -> list[str]:
    """What is to be said of amounts that are rounded: how many, and how much that is of each currency."""
    event = rows.source.interaction
    amount = amounts.amount(rows, event) if event else None
    if event is None or amount is None:
        return []
    finer = f"from {rows.table} where {amount.rounded.perhaps}"
    if not warehouse.scalar(f"select count(*) {finer}"):
        return []
    own = f"coalesce({amounts.currency(rows, event)}, {literal(rows.currency)})"
    said = warehouse.rows(
        f"select {own}, count(*), sum({amount.rounded.lost})::varchar {finer} and {amount.rounded.lost} <> 0 group by 1 order by 1"
    )
    much = ", ".join(f"{code} {total.rstrip('0').rstrip('.') or 0}" for code, _, total in said)
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
