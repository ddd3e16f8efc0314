"""raw.<source> -> staging.records: one row per person record, its newest version."""

from __future__ import annotations

from cxunify.config import Person, When
from cxunify.ingest import convert, dates
from cxunify.ingest.rows import Rows, Words, staged
from cxunify.schema import NOBODY, RECORDS
from cxunify.schema.staging import row_no
from cxunify.vocabulary.hashes import HASHES
from cxunify.warehouse import Stage, literal

_PLAIN = (
    "given_name", "middle_name", "family_name", "full_name", "name_suffix", "gender", "company", "street", "unit", "city",
    "region", "country",
)  # fmt: skip
_REFUSALS = """
        -- A version that is silent on a channel takes no refusal back, nor what was not understood; a yes it does not repeat.
        -- One that refuses without a date that can be read may be as new as anything that its file, or an earlier one, says.
        said as (
            select record_id, file_id, -place as nearness, unnest(map_entries(consent)) as entry, updated_at,
                max(updated_at) over (partition by record_id order by {moment}) as known_by
            from temp.ingest_versions
        ),
        latest as (
            select record_id, entry.key as channel, max({
                moment: coalesce(
                    updated_at, case when entry.value is distinct from true then known_by end, timestamp '0001-01-01'
                ),
                moment_of_file: {moment}, is_strict: entry.value is distinct from true, nearness: nearness,
                is_allowed: entry.value
            }) as said
            from said
            group by record_id, entry.key
        ),
        kept as (
            select l.record_id, map_from_entries(list({k: l.channel, v: l.said.is_allowed} order by l.channel)) as consent
            from latest as l
            where l.said.is_allowed is distinct from true or l.said.nearness = -1  -- the version that stands
            group by l.record_id
        )"""

VERSIONS, GAVE = "temp.ingest_versions", "temp.ingest_older"
NEWEST = "updated_at desc nulls last, file_id desc, source_row desc"
"""Of the versions of a record, in what order they count."""
NEWEST_PART = "updated_at desc nulls last, source_row desc, content desc, file_id desc"
"""Likewise, where files are parts of one export: none of them is newer, whatever it is called."""


def ids(rows: Rows, person: Person) -> str:
    """The query that counts the rows, those that describe somebody, and their record ids."""
    return (
        "select count(*), count(id), count(distinct hash(id)) filter (id is not null)"
        f" from (select {record_id(rows, person)} as id from {rows.table})"
    )


def records(rows: Rows, person: Person, *, versions: bool) -> Stage:
    """The person records of a source. `versions`: several rows share a record id, and the newest of them counts."""
    made = expressions(rows, person)
    columns = ", ".join(f"{sql} as {column}" for column, sql in made.items())
    table = f"(select * from {rows.table} anti join {GAVE} using (file_id, source_row))" if versions else rows.table
    select = (
        f"select *, {row_no('record_id')} as row_no from (select {columns} from {table}) where record_id is not null"
    )
    if versions and consent(rows, person):
        # A file, and parts of one export, are of one moment: of what they say of it, a refusal counts.
        moment = "0" if rows.source.load == "parts" else "file_id"
        kept = "case when n.record_id is null then v.consent else coalesce(k.consent, map()) end as consent"
        select = f"""
        with alone as ({select}),
        newest as (select record_id from {VERSIONS} where place = 1),{_REFUSALS.replace("{moment}", moment)}
        select v.* exclude (consent), {kept}
        from alone as v
        left join newest as n on n.record_id = v.record_id
        left join kept as k on k.record_id = v.record_id"""
    return staged(RECORDS, select)


def nobody(rows: Rows, person: Person) -> str:
    """The rows that describe nobody, in the shape of staging.gave_way."""
    return f"""
    select {literal(rows.name)} as source, 'record' as subject, file_id, source_row, null as id, {literal(NOBODY)} as reason,
        null as occurred_at, null as amount
    from {rows.table} where {record_id(rows, person)} is null"""


def expressions(rows: Rows, person: Person) -> dict[str, str]:
    """The columns of staging.records as SQL over a source's rows; not yet one row per record."""
    reader = rows.reader
    text, code = reader.said, rows.identifier
    return {
        "source": literal(rows.name),
        "record_id": record_id(rows, person),
        "file_id": "file_id",
        "source_row": "source_row",
        **{field: text(getattr(person, field)) for field in _PLAIN},
        "emails": convert.texts(text(ref) for ref in person.email if reader.says(ref)),
        "phones": convert.texts(code(ref) for ref in person.phone if reader.says(ref)),
        "postal_code": code(person.postal_code),
        **conversions(rows, person),
        "identifiers": convert.pairs({key: code(ref) for key, ref in person.identifiers.items() if reader.says(ref)}),
        "consent": convert.statements(consent(rows, person)),
        "attributes": convert.pairs({key: text(ref) for key, ref in person.attributes.items() if reader.says(ref)}),
        "merged_into": code(person.merged_into),
        "merged_ids": convert.listed(text(ref) for ref in person.merged_ids if reader.has(ref.names)),
    }


def conversions(rows: Rows, person: Person) -> dict[str, str]:
    """The fields that are read as something else than text."""
    reader, facts = rows.reader, rows.facts

    def instant(when: When | None) -> str:
        if when is None or not reader.has(when.names):
            return "null::timestamp"
        return rows.instant(when)

    born = person.birth_date
    birth = (
        dates.date(reader.joined(born.names), facts.dates[born.names], facts.born_by)
        if born and reader.has(born.names)
        else "null::date"
    )
    return {"birth_date": birth, "created_at": instant(person.created_at), "updated_at": instant(person.updated_at)}


def checked(rows: Rows, person: Person) -> dict[str, tuple[str, str]]:
    """The text and the value of each field that may be unreadable, by the field's name."""
    reader = rows.reader
    values = conversions(rows, person)
    found = {}
    for field, value in values.items():
        when = getattr(person, field)
        if when is not None and reader.has(when.names):
            found[field] = (reader.joined(when.names), value)
    return {**found, **{f"consent.{channel}": pair for channel, pair in consent(rows, person).items()}}


def consent(rows: Rows, person: Person) -> dict[str, tuple[str, str]]:
    """What a row says of each channel (null: nothing) and whether that allows contact (null: it is not understood)."""
    found = {}
    for channel, ref in person.consent.items():
        if rows.reader.has(ref.names):
            words = rows.facts.consent.get(channel, Words())
            text = rows.reader.text(ref.column) if ref.column else words.text
            said, allowed = convert.unless(text, words.silent), convert.flag(text, words.allowed, words.refused)
            if ref.unless:
                back = convert.unless(rows.reader.text(ref.unless), words.standing)
                said, allowed = f"coalesce({back}, {said})", f"case when {back} is null then {allowed} else false end"
            found[channel] = (said, allowed)
    return found


def record_id(rows: Rows, person: Person) -> str:
    """The id of a row's record: its own, or else one made of all that the row says of a person; null when it says nothing."""
    reader = rows.reader
    refs = [*(getattr(person, field) for field in (*_PLAIN, "postal_code")), *person.email, *person.phone]
    names = [name for ref in (*refs, *person.identifiers.values()) if ref for name in ref.names]
    names += person.birth_date.names if person.birth_date else ()
    texts = {column: reader.text(column) for column in names if reader.has([column])}
    told_by = {column: reader.text(column) for column in _contacts(rows, person) if reader.has([column])}
    made = convert.content((texts | told_by).items()) if texts else "null::varchar"
    said = f"case when coalesce({', '.join(texts.values())}, null) is not null then {made} end" if texts else made
    if person.id is None or not reader.has(person.id.names):
        return said
    return f"coalesce({rows.identifier(person.id)}, {said})"


def _contacts(rows: Rows, person: Person) -> list[str]:
    """The columns of mailboxes and numbers that are mapped for the row's interaction, where none is for its person.

    Without them all people of one name and town would have one id, and so be one person.
    """
    if person.email or person.phone or person.identifiers or rows.source.interaction is None:
        return []
    known = rows.source.interaction.identifiers
    return [name for type_, ref in known.items() if type_ in ("email", "phone", *HASHES) for name in ref.names]
