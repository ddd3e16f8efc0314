"""A SELECT over files of the configuration -> one extract made of its rows; each file read, and accounted for, as others are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cxunify.config import Source
from cxunify.errors import InputError, Problem
from cxunify.ingest import files
from cxunify.ingest.files import Entry
from cxunify.ingest.find import Extract, part
from cxunify.ingest.probe import Layout, probe, reading
from cxunify.ingest.read import read
from cxunify.ingest.salvage import Reject
from cxunify.schema.words import counted
from cxunify.warehouse import Warehouse, apart, literal, quote


@dataclass
class Derived:
    """What came of the files of a SELECT, and of itself."""

    extract: Extract
    """What it selects, as a Parquet file of the moment."""
    layout: Layout
    entries: list[Entry] = field(default_factory=list)
    rejects: list[tuple[int, list[Reject]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def stands_for(name: str, source: Source, found: list[Extract], digests: Mapping[Extract, str]) -> tuple[Extract, str]:
    """The extract that a SELECT will make of the files found, and the digest of all that it is made of: its words, its files."""
    assert source.query is not None
    parts = [(one.table, digests[one], reading(part(source, one.table), one)) for one in found]
    digest = hashlib.sha256(json.dumps([source.query.sql, parts]).encode()).hexdigest()
    newest = max(one.modified_at for one in found)
    called = f"SELECT over {', '.join(dict.fromkeys(one.table for one in found))}"
    return Extract(name, found[0].path, called, "parquet", None, sum(one.bytes for one in found), newest), digest


def derive(
    warehouse: Warehouse, source: Source, extract: Extract, found: list[Extract], first_id: int, scratch: Path
) -> Derived:
    """Read the files of a SELECT and run it. Raises InputError with what is wrong with either."""
    assert source.query is not None
    made = Derived(extract, Layout("parquet", "", ()))
    folder = scratch / f"select-{extract.source}"
    folder.mkdir(exist_ok=True)
    problems: list[Problem] = []
    tables: dict[str, Path] = {}
    counts = []
    for alias in source.query.files:
        table = f"raw.{quote(f'{extract.source} ({alias})')}"
        warehouse.execute(f"drop table if exists {table}")
        records = rejected = 0
        for one in (other for other in found if other.table == alias):
            try:
                entry, rejects = _member(warehouse, source, one, table, first_id + len(made.entries), scratch)
            except InputError as error:
                problems += error.problems
                continue
            made.entries.append(entry)
            made.rejects.append((entry.file_id, rejects))
            records, rejected = records + entry.records, rejected + entry.rejected
            made.notes += [f"{one.name}: {entry.note}"] if entry.note else []
        counts.append(f"{alias} ({counted(records, 'row')}{f', {rejected} rejected' if rejected else ''})")
        if not problems:
            tables[alias] = folder / f"{alias}.parquet"
            select = f"select * exclude (file_id, source_row) from {table} order by file_id, source_row"
            warehouse.execute(f"copy ({select}) to {literal(str(tables[alias]))} (format parquet)")
        warehouse.execute(f"drop table if exists {table}")
    if problems:
        raise InputError(problems)
    out = folder / "rows.parquet"
    try:
        sql = "select current_setting('memory_limit'), current_setting('max_temp_directory_size')"
        names = apart.select(source.query.sql, tables, folder, out, *map(str, warehouse.rows(sql)[0]))
    except apart.Refused as refused:
        raise InputError(f"source {extract.source}: from.sql {refused.what}", refused.fix) from None
    made.extract = replace(extract, path=out)
    made.layout = Layout("parquet", "", tuple(names), notes=(f"its rows are made of {', '.join(counts)}",))
    return made


def _member(
    warehouse: Warehouse, source: Source, one: Extract, table: str, file_id: int, scratch: Path
) -> tuple[Entry, list[Reject]]:
    """Read one file of a SELECT into its table."""
    own = part(source, one.table)
    layout = probe(warehouse, one, own)
    result = read(warehouse, one, layout, table, file_id, scratch)
    marks = result.layout.dialect
    note = "; ".join(filter(None, (one.note, *result.layout.notes)))
    entry = Entry(
        file_id, one, files.digest(one), files.READ, result.layout.encoding, marks.delimiter if marks else "",
        result.records, len(result.rejects), note, reading(own, one),
    )  # fmt: skip
    return entry, result.rejects
