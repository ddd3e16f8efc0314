"""raw.*, staging.* -> Examined: of one source its columns with their fill, what could not be read, and where its ids lead."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.config import Source
from cxunify.ingest import convert
from cxunify.ingest.bind import Columns, elements, references
from cxunify.ingest.files import LOADED
from cxunify.ingest.planned import raw
from cxunify.schema import FILES, INVALID, RECORDS, REJECTS, TRACES
from cxunify.vocabulary import email
from cxunify.vocabulary.identifiers import is_placeholder, short_salesforce
from cxunify.vocabulary.lists import listed, quoted
from cxunify.warehouse import Warehouse

EXAMPLES = 3
"""Rows that are named of each kind of trouble."""


@dataclass(frozen=True)
class Seen:
    """A column, or a part of a document that the mapping names."""

    name: str
    fields: tuple[str, ...]
    """The keys of the mapping that read it; none: it is not mapped."""
    filled: int
    """Rows in which it says anything."""


@dataclass(frozen=True)
class Trouble:
    """Rows that were rejected, or cells that could not be read, for one reason."""

    field: str
    """The key of the mapping; empty where the row as a whole was rejected."""
    reason: str
    rows: int
    examples: tuple[tuple[str, int], ...]
    """Up to three of them: the file, and the row, 1 for the first record after the header."""


@dataclass(frozen=True)
class Led:
    """Where foreign keys lead."""

    source: str
    """The source of people that they point into."""
    ids: int
    """Different ids that are named."""
    found: int
    """Those that a record has, or that a record lists as merged into it."""
    interactions: int
    """What happened with such an id."""
    found_interactions: int


@dataclass(frozen=True)
class Examined:
    """A source as it would be loaded."""

    source: str
    files: tuple[str, ...]
    rows: int
    columns: tuple[Seen, ...]
    rejected: tuple[Trouble, ...]
    unreadable: tuple[Trouble, ...]
    placeholders: dict[str, int]
    """Of each field that has any: the values that mean nothing."""
    leads: tuple[Led, ...]


def examine(warehouse: Warehouse, name: str, source: Source) -> Examined:
    """Look at a source that has been loaded; no cell is told, only columns, rows and counts."""
    bound = {"source": name, "status": LOADED}
    files = warehouse.rows(
        f"select path, records from {FILES.name} where source = $source and status = $status order by file_id", bound
    )
    return Examined(
        source=name,
        files=tuple(path for path, _ in files),
        rows=sum(records for _, records in files),
        columns=_columns(warehouse, name, source),
        rejected=_troubles(warehouse, name, REJECTS.name, "''"),
        unreadable=_troubles(warehouse, name, INVALID.name, "t.field"),
        placeholders=_placeholders(warehouse, name),
        leads=_leads(warehouse, name),
    )


def _columns(warehouse: Warehouse, name: str, source: Source) -> tuple[Seen, ...]:
    """Every column in the order of the header; behind them the parts of documents that are mapped."""
    there = [one for one in warehouse.columns(f"raw.{name}") if one not in {"file_id", "source_row"}]
    columns = Columns(tuple(there))
    fields: dict[str, list[str]] = {}
    reached = {columns.find(element.name) for element in elements(source)}
    for reference in references(source):
        column = columns.find(reference.column)
        if column is not None or columns.sql(reference.column) is not None:
            fields.setdefault(column or reference.column, []).append(reference.key)
            reached.add(columns.find(reference.column.split(".")[0].split("[")[0]))
    names = [one for one in there if one in fields or one not in reached] + [one for one in fields if one not in there]
    asked = [f"count({convert.text(columns.sql(one), source.null_values)})" for one in names]
    counts = warehouse.rows(f"select {', '.join(asked)} from {raw(name)}")[0] if asked else ()
    return tuple(
        Seen(one, tuple(dict.fromkeys(fields.get(one, ()))), filled) for one, filled in zip(names, counts, strict=True)
    )


def _troubles(warehouse: Warehouse, name: str, table: str, field: str) -> tuple[Trouble, ...]:
    """What went wrong, by field and reason, most first."""
    rows = warehouse.rows(
        f"select {field}, t.reason, count(*), min((f.path, coalesce(t.source_row, 0)), {EXAMPLES}) from {table} as t"
        f" join {FILES.name} as f using (file_id) where t.source = $source group by all order by 3 desc, 1, 2",
        {"source": name},
    )
    return tuple(Trouble(key, reason, count, tuple(map(tuple, examples))) for key, reason, count, examples in rows)


def _placeholders(warehouse: Warehouse, name: str) -> dict[str, int]:
    """The values that mean nothing, of what tells people apart: by field, most first."""
    entries = "unnest(map_entries(identifiers))"
    people = " union all ".join(
        [
            f"select '{field}' as field, {sql} as written, 1 as times from {RECORDS.name} where source = $source"
            for field, sql in (
                ("email", "unnest(emails)"), ("phone", "unnest(phones)"), ("given_name", "given_name"),
                ("family_name", "family_name"), ("full_name", "full_name"), ("birth_date", "birth_date::varchar"),
            )
        ]
        + [
            f"select 'identifiers.' || e.key, e.value, times from (select {entries} as e, {times} as times"
            f" from {table.name} where source = $source)"
            for table, times in ((RECORDS, "1"), (TRACES, "interactions"))
        ]
    )  # fmt: skip
    digits = "regexp_replace(written, '[^0-9]', '', 'g')"
    means_nothing = (
        f"case when ends_with(field, 'email') then coalesce(m.is_placeholder, false)"
        f" when ends_with(field, 'phone') then {digits} <> '' and {is_placeholder(digits)}"
        f" when ends_with(field, '_name') then lower(trim(written)) in ({quoted(listed('word', 'name'))})"
        f" when field = 'birth_date' then written in ({quoted(listed('birth_date'))})"
        f" else {is_placeholder('written')} end"
    )
    mailboxes = email.mailboxes("(select distinct written from said where ends_with(field, 'email'))")
    rows = warehouse.rows(
        f"with said as ({people}), boxes as ({mailboxes}) select s.field, sum(s.times)::bigint"
        f" from (select * from said where written is not null) as s left join boxes as m using (written)"
        f" where {means_nothing} group by 1 order by 2 desc, 1",
        {"source": name},
    )
    return dict(rows)


def _leads(warehouse: Warehouse, name: str) -> tuple[Led, ...]:
    """How many of the ids that a source names elsewhere are there, merged ones too; Salesforce's are one in both lengths."""
    form = f"coalesce({short_salesforce('id')}, id)"
    rows = warehouse.rows(
        f"with named as (select source, {form} as form, sum(times) as times from (select person_source as source,"
        f" person_record_id as id, interactions as times from {TRACES.name}"
        f" where source = $source and person_record_id is not null) group by all),"
        f" borne as (select source, record_id as id from {RECORDS.name}"
        f" union select source, unnest(merged_ids) from {RECORDS.name}),"
        f" there as (select distinct source, {form} as form from borne)"
        " select n.source, count(*), count(t.form), sum(n.times)::bigint,"
        " coalesce(sum(n.times) filter (t.form is not null), 0)::bigint"
        " from named as n left join there as t using (source, form) group by 1 order by 1",
        {"source": name},
    )
    return tuple(Led(*row) for row in rows)
