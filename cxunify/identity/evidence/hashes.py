"""staging.*, identity.mailboxes, identity.numbers -> temp.hashes: hashes in the extracts that are those of contacts known in plain.

Only where some source has a column of hashes is anything hashed. A mailbox is tried in each spelling in which it may have been
hashed: as it is written, in small letters, and as it is compared, without tags and Gmail's dots; a number as it is written, in its
digits, and in the international form with and without its plus.
"""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.evidence.keys import form, hashed
from cxunify.schema import Table
from cxunify.vocabulary import hashes
from cxunify.vocabulary.lists import quoted
from cxunify.warehouse import Stage, literal


def stages(config: Config) -> tuple[Stage, ...]:
    """The table, where it is needed; after the mailboxes and numbers."""
    return (_known(config),) if hashed(config) else ()


def of_records(config: Config) -> str:
    """What follows the SELECT of the values of records: hashes elsewhere of what they state in plain."""
    if not hashed(config):
        return ""
    return """
    union
    select c.node, h.type, h.value, c.place, null, null, c.is_placeholder, c.is_role
    from temp.contacts as c
    join temp.hashes as h on h.contact = c.key
    where c.node is not null"""


def of_traces(config: Config) -> str:
    """Likewise for traces, of which each value is there once."""
    if not hashed(config):
        return ""
    return """
    union
    select t.trace_id, t.person_source, t.person_record_id, h.type, h.value, c.is_placeholder
    from temp.contacts as c
    join temp.hashes as h on h.contact = c.key
    join staging.traces as t on t.trace_id = c.trace_id"""


def _known(config: Config) -> Stage:
    used = hashed(config)
    made = " union all ".join(
        f"select contact, {literal(type_)} as type, {hashes.made('spelling', type_)} as value"
        f" from spelled where kind = {literal(hashes.HASHES[type_][0])}"
        for type_ in used
    )
    select = f"""
with
stated as (
    select distinct type, {form(config, "type", "written")} as value
    from (
        select type, written from temp.trace_entries
        union all
        select entry.key, entry.value
        from (select unnest(map_entries(identifiers)) as entry from staging.records where cardinality(identifiers) > 0)
    )
    where type in ({quoted(used)})
),
spelled as (
    select distinct contact, kind, spelling
    from (
        select
            hash('email', value) as contact, 'email' as kind,
            unnest([written, trim(written), lower(trim(written)), address, value]) as spelling
        from identity.mailboxes
        where value is not null
        union all
        select
            hash('phone', value), 'phone',
            unnest([written, trim(written), regexp_replace(written, '[^0-9]', '', 'g'), value, replace(value, '+', '')])
        from identity.numbers
        where value is not null
    )
),
made as ({made})
select distinct m.contact, m.type, m.value
from made as m
semi join stated as s on s.type = m.type and s.value = m.value
"""
    return Stage(Table("temp.hashes", "One row per contact in plain and hash of it that an extract has."), select)
