"""raw.<source>, ledger.tombstones -> raw.<source> without the rows of people who are forgotten, and rejects that do not quote them.

A tombstone is a keyed hash: nobody can read from it who was forgotten, and whoever comes back under the same record id, order
number, mailbox, number, card or device is known by it. Rows are looked at value by value, each distinct one once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from cxunify import ledger
from cxunify.config import Config
from cxunify.ingest import files
from cxunify.ingest.persons import record_id
from cxunify.ingest.planned import raw
from cxunify.ingest.rows import Rows, passing
from cxunify.ingest.said import stated_id
from cxunify.schema import REJECTS, Table
from cxunify.schema.ledger import TOMBSTONES
from cxunify.secret import Secret, digest
from cxunify.vocabulary import cells, email, hashes, identifiers, phone
from cxunify.warehouse import Warehouse, literal

SAID, ODD, KNOWN, GONE = (f"temp.ingest_{name}" for name in ("said", "odd_cells", "known_again", "forgotten"))
TO_COMPACT = "rows of forgotten people"
"""Under what it is noted that the file still holds bytes of rows that were taken out."""
DIGITS = "digits of phone"
"""What a number is too: whatever signs stand between them, and whatever country it is dialled in."""
LEAST_DIGITS = 7
_APART = r'[,;|\t"\r\n{}\[\]]+'
_MAIL = r'[^\s,;|"<>:]+@[^\s,;|"<>]+'


def record(source: str) -> str:
    """What the id of a record of a source is, to a tombstone."""
    return f"record of {source}"


def interaction(source: str) -> str:
    """Likewise, of an interaction."""
    return f"interaction of {source}"


def of(kind: str, form: str) -> str:
    """What is hashed of a value in the form that it is compared in."""
    return f"{kind}\x1f{form}"


def are_some(warehouse: Warehouse) -> bool:
    """Whether anybody was forgotten."""
    return warehouse.exists(TOMBSTONES.name) and bool(warehouse.scalar(f"select count(*) from {TOMBSTONES.name}"))


def speak(warehouse: Warehouse, config: Config, rows: Rows) -> bool:
    """Whether any of these rows is of somebody who is forgotten."""
    return are_some(warehouse) and bool(_of_them(warehouse, config, rows))


def leave_out(warehouse: Warehouse, config: Config, rows: Rows) -> int:
    """Take out of the raw table of a source what is of forgotten people, skipped rows too, and out of its rejects what they say.

    Returns the number of rows; they count as skipped. Raises StorageError where the key is not the one that they were hashed with.
    """
    if not are_some(warehouse):
        return 0
    counts = _of_them(warehouse, config, rows)
    if counts:
        both = f"{raw(rows.name)}.file_id = g.file_id and {raw(rows.name)}.source_row = g.source_row"
        warehouse.execute(f"delete from {raw(rows.name)} using {GONE} as g where {both}")
        files.left_out(warehouse, counts)
    kinds = {kind for kind, _ in _values(rows)}
    blanked = _silence(warehouse, config, rows.name, kinds, _secret(warehouse, config), _region(config, rows))
    if counts or blanked:
        warehouse.note(TO_COMPACT, "to be compacted")
    for table in (SAID, ODD, KNOWN, GONE):
        warehouse.execute(f"drop table if exists {table}")
    return sum(counts.values())


def _of_them(warehouse: Warehouse, config: Config, rows: Rows) -> dict[int, int]:
    """The rows that are of forgotten people, in GONE: how many there are of each file."""
    warehouse.build([passing(SAID, said(rows), "One row per row and value by which it may be known.")])
    return _found(warehouse, config, _secret(warehouse, config), _region(config, rows))


def _region(config: Config, rows: Rows) -> str:
    """The country of numbers that name none."""
    return rows.source.region or config.region


def _secret(warehouse: Warehouse, config: Config) -> Secret:
    return Secret.that_hashed(config.key_path, ledger.key_marks(warehouse))


def said(rows: Rows) -> str:
    """All by which the rows of a source may be known, skipped rows too: a SELECT of `file_id`, `source_row`, `kind`, `written`."""
    table = rows.all or raw(rows.name)
    return " union all ".join(
        f"select file_id, source_row, {literal(kind)} as kind, written from"
        f" (select file_id, source_row, {sql} as written from {table}) where written is not null"
        for kind, sql in _values(dataclasses.replace(rows, table=table))
    )


def _values(rows: Rows) -> Iterator[tuple[str, str]]:
    """What a row may be known by: the kind of value, and its text as SQL."""
    person, event = rows.source.person, rows.source.interaction
    if person is not None:
        yield record(rows.name), record_id(rows, person)
        yield record(rows.name), rows.identifier(person.merged_into)
        yield from (("email", rows.reader.said(ref)) for ref in person.email)
        yield from (("phone", rows.identifier(ref)) for ref in person.phone)
        yield from ((key, rows.identifier(ref)) for key, ref in person.identifiers.items())
    if event is not None:
        yield interaction(rows.name), stated_id(rows, event)
        yield from ((record(target), rows.identifier(ref)) for target, ref in event.person.items())
        yield from ((key, rows.identifier(ref)) for key, ref in event.identifiers.items())


def _found(warehouse: Warehouse, config: Config, secret: Secret, region: str) -> dict[int, int]:
    """The rows of SAID that carry a tombstone's value, in GONE: how many there are of each file."""
    _known(warehouse, config, secret, region)
    select = f"select distinct file_id, source_row from {SAID} semi join {KNOWN} using (kind, written)"
    warehouse.build([passing(GONE, select, "One row per row of somebody who is forgotten.")])
    return dict(warehouse.rows(f"select file_id, count(*) from {GONE} group by file_id"))


def _known(warehouse: Warehouse, config: Config, secret: Secret, region: str) -> None:
    """The values of SAID that are a tombstone's, as written, in KNOWN."""
    forms = " union all ".join(_forms(warehouse, config, region))
    mark = digest("kind || chr(31) || form")
    select = f"""
    select distinct kind_of as kind, written from (select kind_of, written, {mark} as mark from ({forms}) where form is not null)
    semi join {TOMBSTONES.name} using (mark)"""
    warehouse.build(
        [passing(KNOWN, select, "One row per value of somebody who is forgotten, as written.")], secret.params
    )


def _forms(warehouse: Warehouse, config: Config, region: str) -> Iterator[str]:
    """Each distinct value in the forms that it is compared in: `kind_of`, as it was called, `kind`, `written`, `form`."""
    ignored = {key: what for key, what in config.identity.ignore.items() if "." not in key}
    form = identifiers.form("kind", "written", ignored, hashes.among(config.identifiers))
    plain = ", ".join(map(literal, (name for name in config.identifiers if name not in {"email", "phone"})))
    others = f"kind in ({plain})" if plain else "false"
    yield f"""
    select kind as kind_of, kind, written, case when {others} then {form} else written end as form
    from (select distinct kind, written from {SAID} where kind not in ('email', 'phone'))"""
    distinct = f"select distinct written from {SAID} where kind"
    mail = f"({distinct} = 'email')"
    number = f"(select written, {literal(region)} as country from ({distinct} = 'phone'))"
    yield f"select 'email', 'email', written, value from ({email.mailboxes(mail)}) where not is_odd"
    yield f"select 'phone', 'phone', written, value from ({phone.numbers(number, (region,))}) where not is_odd"
    digits = "regexp_replace(written, '[^0-9]', '', 'g')"
    yield f"select 'phone', '{DIGITS}', written, {digits} from ({distinct} = 'phone') where length({digits}) >= {LEAST_DIGITS}"
    mails = warehouse.frame(f"select written from ({email.mailboxes(mail)}) where is_odd")
    numbers = warehouse.frame(f"select written, country from ({phone.numbers(number, (region,))}) where is_odd")
    if len(mails) or len(numbers):
        import polars

        opened = polars.concat([cells.mailboxes(mails), cells.numbers(numbers)])
        warehouse.write(Table(ODD, "One row per odd cell and value in it."), opened)
        held = f"select distinct held as written from {ODD} where held is not null and country is null"
        yield f"""
        select 'email', 'email', o.written, m.value
        from {ODD} as o join ({email.mailboxes(f"({held})")}) as m on m.written = o.held where o.country is null"""
        yield f"select 'phone', 'phone', written, held from {ODD} where country is not null"


def _silence(warehouse: Warehouse, config: Config, name: str, kinds: set[str], secret: Secret, region: str) -> int:
    """Take the texts of those rejects of a source that speak of somebody forgotten; returns how many."""
    kinds = kinds | {"email", "phone"}
    tokens = f"list_concat(regexp_split_to_array(text, {literal(_APART)}), regexp_extract_all(text, {literal(_MAIL)}))"
    named = " union all ".join(f"select {literal(kind)} as kind" for kind in sorted(kinds))
    select = f"""
    select file_id, source_row, kind, written
    from (
        select file_id, source_row, trim(token, ' :''<>') as written
        from (select file_id, source_row, unnest({tokens}) as token from {REJECTS.name} where source = $source and text is not null)
    )
    cross join ({named})
    where written <> ''"""
    warehouse.build([passing(SAID, select, "One row per rejected row and word in it.")], {"source": name})
    counts = _found(warehouse, config, secret, region)
    if counts:
        spoken = f"(file_id, source_row) in (select (file_id, source_row) from {GONE})"
        warehouse.execute(
            f"update {REJECTS.name} set text = null where source = $source and {spoken}", {"source": name}
        )
    return sum(counts.values())
