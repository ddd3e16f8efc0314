"""Rows that share a record id -> temp.ingest_versions, temp.ingest_older: which of them stands, and why the others give way."""

from __future__ import annotations

from cxunify.config import Person
from cxunify.errors import Problem
from cxunify.ingest import persons
from cxunify.ingest.persons import GAVE, VERSIONS
from cxunify.ingest.rows import Rows, passing
from cxunify.ingest.telling import SAMPLE, telling
from cxunify.schema import ANOTHER, OLDER, REPEATED, UNDATED
from cxunify.schema.words import counted
from cxunify.warehouse import Stage, Warehouse, literal

WHOLE = 0.02
"""Where more of the ids than this are shared by different people, it is the column that is no id."""
A_FEW = 2
"""So many shared ids prove nothing about a column."""
_WORDS = r"list_filter(regexp_split_to_array(lower(concat_ws(' ', {0})), '[\s.,;-]+'), lambda word: word <> '')"
_SAID = {
    "name": _WORDS.format("given_name, middle_name, family_name, full_name"),
    "mailbox": "list_transform(emails, lambda mailbox: lower(mailbox))",
    "number": r"list_transform(phones, lambda number: right(regexp_replace(number, '\D', '', 'g'), 8))",
    "birth": "case when birth_date is null then [] else [birth_date] end",
    "code": "list_transform(map_values(identifiers), lambda code: lower(code))",
}
"""What tells whether two rows speak of one person, each as a list of which one value in common is enough."""


def compare(warehouse: Warehouse, rows: Rows, person: Person, ids: int) -> Problem | None:
    """Find out which rows give way to another one of their record id, of which there are so many.

    A problem when the column does not tell people apart.
    """
    warehouse.build([_versions(rows, person), _older(rows)])
    if person.id is None or not rows.reader.has(person.id.names):
        return None
    shared = warehouse.scalar(
        f"select count(distinct record_id) from {GAVE} where reason = $reason", {"reason": ANOTHER}
    )
    if shared <= A_FEW or shared <= ids * WHOLE:
        return None
    columns = _columns(warehouse, rows, person)
    together = ", ".join([*person.id.names, *columns] if columns else ["branch", *person.id.names])
    return Problem(
        f"source {rows.name}: person.id, {' + '.join(person.id.names)}: {shared} of {counted(ids, 'id')} are shared by rows that"
        " describe different people, with no name, mailbox or number in common: the number is not unique, and people would be lost",
        f"Say what is unique together, such as `id: [{together}]`; or leave `id` out, and people are told apart by what rows say.",
        key="person.id",
    )


def gave_way(rows: Rows) -> str:
    """The rows in the shape of staging.gave_way."""
    return f"""
    select {literal(rows.name)} as source, 'record' as subject, file_id, source_row, record_id as id, reason,
        null as occurred_at, null as amount
    from {GAVE}"""


def _versions(rows: Rows, person: Person) -> Stage:
    found = persons.expressions(rows, person)
    columns = ", ".join(f"{sql} as {column}" for column, sql in found.items())
    content = ", ".join(column for column in found if column not in {"file_id", "source_row"})
    newest = persons.NEWEST_PART if rows.source.load == "parts" else persons.NEWEST
    select = f"""
    with shared as (
        select * from (select {columns} from {rows.table})
        semi join (
            select {persons.record_id(rows, person)} as record_id from {rows.table} group by 1 having count(*) > 1
        ) using (record_id)
    )
    select *, row_number() over (partition by record_id order by {newest}) as place
    from (select *, hash({content}) as content from shared where record_id is not null)"""
    return passing(
        VERSIONS, select, "One row per row that shares its record id; the one that stands has the first place."
    )


def _older(rows: Rows) -> Stage:
    """The rows that give way, and why. Two rows describe different people if all that both of them say differs, twice at least."""
    said = ", ".join(f"{sql} as {name}" for name, sql in _SAID.items())
    both = {name: f"len(o.{name}) > 0 and len(n.{name}) > 0" for name in _SAID}
    agree = " or ".join(f"{filled} and list_has_any(o.{name}, n.{name})" for name, filled in both.items())
    differ = " + ".join(
        f"({filled} and not list_has_any(o.{name}, n.{name}))::integer" for name, filled in both.items()
    )
    # Parts of one export are of one moment: none of them is newer than another.
    alone = "true" if rows.source.load == "parts" else "o.file_id = n.file_id"
    select = f"""
    with versions as (select record_id, file_id, source_row, updated_at, place, content, {said} from {VERSIONS})
    select o.record_id, o.file_id, o.source_row,
        case
            when o.content = n.content then {literal(REPEATED)}
            when not coalesce({agree}, false) and {differ} > 1 then {literal(ANOTHER)}
            when {alone} and coalesce(o.updated_at = n.updated_at, true) then {literal(UNDATED)}
            else {literal(OLDER)}
        end as reason
    from versions as o join versions as n on n.record_id = o.record_id and n.place = 1
    where o.place > 1"""
    return passing(GAVE, select, "One row per row that gives way to another one of its record id.")


def _columns(warehouse: Warehouse, rows: Rows, person: Person) -> list[str]:
    """The columns of the extract that, beside the id, tell the people apart: none of those that describe them."""
    mapped = {name for key in (person.id,) if key for name in key.names}
    mapped |= {name for ref in (*person.email, *person.phone) for name in ref.names}
    mapped |= {ref.column for ref in person.identifiers.values()}
    for field in type(person).model_fields:
        value = getattr(person, field)
        mapped |= set(getattr(value, "names", ())) | {str(getattr(value, "column", None) or "")}
    sample = f"""
    select v.record_id as id, coalesce(o.reason, '') = {literal(ANOTHER)} as place, v.file_id, v.source_row
    from {VERSIONS} as v left join {GAVE} as o using (file_id, source_row)
    where v.record_id in (
        select record_id from {GAVE} where reason = {literal(ANOTHER)} group by record_id order by record_id limit {SAMPLE}
    )"""
    return telling(warehouse, rows, sample, mapped)
