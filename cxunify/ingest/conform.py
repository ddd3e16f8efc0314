"""raw.<source> -> staging.records, staging.interactions, staging.lines, staging.traces, staging.invalid: in canonical shape."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from cxunify.config import Config, Source
from cxunify.errors import Problem
from cxunify.ingest import files, interactions, persons
from cxunify.ingest.bind import Columns
from cxunify.ingest.load import raw
from cxunify.ingest.survey import Facts, Reader, cleaned, survey
from cxunify.schema import INVALID, REJECTS, STAGING, TRACES
from cxunify.warehouse import Warehouse, literal

VERSION = 3
"""Raised when the same rows and the same mapping would come out differently: staging is then made anew."""
TYPED = ("parquet", "ndjson", "json")


@dataclass(frozen=True)
class Conformed:
    """What came of a source's rows."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def digest(warehouse: Warehouse, config: Config, name: str) -> str:
    """What the staging rows of a source are made of: the content of its files and its mapping."""
    source = config.sources[name]
    mapping = source.model_dump(mode="json", include={"person", "interaction", "skip", "null_values"})
    defaults = [source.timezone or config.timezone, source.currency or config.currency]
    contents = [file.sha256 for file in files.known(warehouse, name)]
    shape = [(column.name, column.type) for table in STAGING for column in table.columns]
    text = json.dumps([VERSION, shape, mapping, defaults, contents], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def conform(warehouse: Warehouse, config: Config, name: str, formats: set[str]) -> Conformed:
    """Make the staging rows of a source anew; to be called within a transaction, which the caller undoes on problems."""
    source = config.sources[name]
    timezone, currency = source.timezone or config.timezone, source.currency or config.currency
    reader = Reader(Columns(tuple(list(warehouse.columns(f"raw.{name}"))[2:])), source.null_values)
    clear(warehouse, name)
    skipped = _skipped(source, reader)
    table = f"(select * from {raw(name)} where not ({skipped}))" if skipped else raw(name)
    reader, notes = cleaned(warehouse, source, table, reader)
    facts = survey(warehouse, name, source, table, reader, timezone, typed=formats <= set(TYPED))
    facts.notes += notes
    if facts.problems:
        return Conformed(tuple(facts.problems), tuple(facts.notes))
    if source.person is not None:
        older = persons.records(warehouse, name, source, table, reader, facts, timezone)
        if older:
            facts.notes.append(f"{older} older versions of records gave way to newer ones")
        _invalid(warehouse, name, table, persons.checked(source.person, reader, facts, timezone))
    if source.interaction is not None:
        lines = interactions.read_lines(name, source, reader, facts, timezone, currency)
        interactions.interactions(warehouse, name, source, table, lines, facts, REJECTS.name)
        _invalid(warehouse, name, table, interactions.checked(source.interaction, reader, facts))
    counts = f"select file_id, count(*) from {raw(name)} where {skipped} group by file_id"
    files.settle(warehouse, name, dict(warehouse.rows(counts)) if skipped else {})
    return Conformed(tuple(facts.problems), tuple(facts.notes))


def clear(warehouse: Warehouse, name: str) -> None:
    """Remove what staging holds of a source."""
    for table in STAGING:
        warehouse.execute(f"delete from {table.name} where source = $source", {"source": name})
    warehouse.execute(f"delete from {REJECTS.name} where source = $source and stage = 'conform'", {"source": name})


def distinct_traces(warehouse: Warehouse) -> bool:
    """Whether every trace has a number of its own, as it must."""
    total, distinct = warehouse.rows(f"select count(*), count(distinct trace_id) from {TRACES.name}")[0]
    return bool(total == distinct)


def _skipped(source: Source, reader: Reader) -> str:
    """The condition under which a row is left out on purpose; empty when none is."""
    parts = []
    for column, values in source.skip.items():
        listed = ", ".join(literal(value) for value in values)
        parts.append(f"coalesce({Reader(reader.columns, ()).text(column)} in ({listed}), false)")
    return " or ".join(parts)


def _invalid(warehouse: Warehouse, name: str, table: str, fields: Mapping[str, tuple[str, str]]) -> None:
    """Note every cell that says something and could not be read."""
    if not fields:
        return
    asked = ", ".join(f"count({text}) - count({value})" for text, value in fields.values())
    lost = warehouse.rows(f"select {asked} from {table}")[0]
    for (field, (text, value)), count in zip(fields.items(), lost, strict=True):
        if count:
            warehouse.execute(
                f"insert into {INVALID.name} select {literal(name)}, file_id, source_row, {literal(field)}, $reason"
                f" from {table} where {text} is not null and {value} is null",
                {"reason": _reason(field)},
            )


def _reason(field: str) -> str:
    if field.startswith("consent."):
        return "neither yes nor no"
    return "not a number" if field in {"amount", "quantity", "score"} else "not a date"


__all__ = ["Conformed", "Facts", "clear", "conform", "digest", "distinct_traces"]
