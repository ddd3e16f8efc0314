"""A configuration -> every SELECT that makes a table for it, in all layers and all their variants, without a row of data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from cxunify.actions import steps as actions
from cxunify.config import Config, When
from cxunify.identity import steps as identity
from cxunify.ingest import group, restate, unreadable
from cxunify.ingest import steps as ingest
from cxunify.ingest.bind import Columns, references
from cxunify.ingest.dates import DateStyle
from cxunify.ingest.money import Mark, NumberStyle
from cxunify.ingest.rows import Facts, Reader, Rows, Words
from cxunify.ingest.said import said
from cxunify.profile import steps as profile
from cxunify.publish.outputs import OUTPUTS
from cxunify.quality import catalogue, measure
from cxunify.warehouse import Loop, Stage, Step, Warehouse, quote
from tests import tables

AS_OF = datetime(2026, 1, 1)
_DATES = DateStyle(zoned=True, formats=("%d.%m.%Y %H:%M", "epoch_ms"))
_MARKS = (Mark("€", "EUR", ("EUR",)), Mark("K", factor=Decimal(1000)))


def selects(config: Config) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name -> the SELECT and the tables that its step says it reads."""
    found = {}
    for layer, step in _steps(config):
        if isinstance(step, Loop):
            for name, select in step.inputs.items():
                frame = replace(step, inputs={name: select})
                found[f"{layer} {step.table.name} ({name})"] = (select, frame.reads)
        else:
            found[f"{layer} {step.table.name}"] = (step.select, step.reads)
    return found


def _steps(config: Config) -> Iterator[tuple[str, Step]]:
    for name in config.sources:
        for variant, stage in enumerate(_of_source(_rows(config, name))):
            yield f"ingest {name} {variant}", stage
    yield from (("identity", step) for step in identity.steps(config, None, []))
    yield from (("profile", step) for step in (*profile.first(), *profile.steps(config)))
    yield from (("quality", step) for step in quality(config))
    yield from (("actions", step) for step in actions.steps(config))
    for output in OUTPUTS:
        if output.source.startswith("("):
            yield "publish", Stage(output.table, f"select * from {output.source}")


def quality(config: Config) -> tuple[Step, ...]:
    """What quality's list looks at in a warehouse: the columns of the extracts, and the fields with cells that cannot be read."""
    with Warehouse.open() as warehouse:
        tables.resolved(warehouse)
        for name in config.sources:
            rows = _rows(config, name)
            columns = ", ".join(f"{quote(column)} varchar" for column in rows.reader.columns.names)
            warehouse.execute(f"create table {rows.table} (file_id integer, source_row bigint, {columns})")
            for field in unreadable.checked(rows):
                values = {"source": name, "field": field}
                warehouse.execute("insert into staging.invalid (source, field) values ($source, $field)", values)
        first = (*measure.first(config, AS_OF), *measure.first(config, None))
        return (*first, *measure.rest(warehouse, config, catalogue.checks()))


def _of_source(rows: Rows) -> Iterator[Stage]:
    """The stages of one source's rows, of those that need most work and of those that need least."""
    event = rows.source.interaction
    if unreadable.checked(rows):
        yield unreadable.unreadable(rows)
    yield from ingest.steps(rows, ingest.Counted(versions=True, unreadable=("birth_date",)))
    if event is None:
        return
    row = said(rows, event)
    yield group.gathered(rows, row)
    yield from (
        group.numbered(made=made, reused=reused) for made, reused in ((True, True), (True, False), (False, True))
    )
    for per_line in (True, False):
        yield from (restate.spread(row, group.LINES, per_line=per_line, parts=parts) for parts in (False, True))
        yield from (restate.met(parts=parts) for parts in (False, True))
        yield restate.away(row, group.LINES, per_line=per_line)
    for lines in (group.Lines(row), group.Lines(row, group.COUNTED, repeated=True, untimed=True)):
        yield from (group.repeated(lines.table), group.grouped(lines, event))
        yield from ingest.steps(rows, ingest.Counted(lines=lines, turned=True, unreadable=("amount",)))


def _rows(config: Config, name: str) -> Rows:
    """A source that has every column of its mapping; each form that a cell may have is looked for, if not each beside each."""
    source = config.sources[name]
    columns = tuple(dict.fromkeys(reference.column for reference in references(source)))
    facts = Facts(
        apostrophes=frozenset(columns[:1]),
        floats=frozenset(columns[:1]),
        dates=dict.fromkeys(_times((source.person, source.interaction)), _DATES),
        numbers=dict.fromkeys(columns, NumberStyle(plain=False, decimal=",", marks=_MARKS)),
        kinds={"s": "purchase", "r": "return"},
        consent={
            channel: Words(("yes",), ("no",), ("-",)) for channel in (source.person.consent if source.person else ())
        },
        currencies={"US Dollar": "USD"},
    )
    reader = Reader(Columns(columns), clean=frozenset(quote(column) for column in columns[1:]))
    zone, currency = source.timezone or config.timezone, source.currency or config.currency
    return Rows(name, source, f"raw.{quote(name)}", reader, zone, currency, facts=facts)


def _times(mappings: Iterable[object]) -> Iterator[tuple[str, ...]]:
    for mapping in mappings:
        for value in vars(mapping).values() if mapping is not None else ():
            if isinstance(value, When):
                yield value.names
