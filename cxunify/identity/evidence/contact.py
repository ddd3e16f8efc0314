"""staging.records, staging.traces -> temp.streets, identity.mailboxes, identity.numbers, temp.contacts: how people can be reached.

Each distinct value as it is written is read once: by an expression and, where that cannot read it, value by value, since a cell may
hold several. `materialized` keeps the engine from working a step out again for each use of it.
"""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.evidence import hashes
from cxunify.schema import Table
from cxunify.vocabulary import cells, email, phone
from cxunify.vocabulary.places import countries, street_words
from cxunify.vocabulary.words import plain
from cxunify.warehouse import Loop, Split, Stage, Step, literal, statement


def home(config: Config) -> str:
    """SQL for the country of a record whose own is not stated: its source's or, failing that, the project's."""
    declared = [(name, source.region) for name, source in config.sources.items() if source.region is not None]
    cases = " ".join(f"when {literal(name)} then {literal(region)}" for name, region in declared)
    return f"case source {cases} else $region end" if cases else "$region"


def regions(config: Config) -> set[str]:
    """The countries that the configuration names."""
    return {config.region, *(source.region for source in config.sources.values() if source.region)}


_UNIT = r"(unit|apt|apartment|suite|ste|flat|wohnung|whg|appt|piso|#|no[.]?)[ .#]*"


def unit(text: str) -> str:
    """SQL: an apartment as it is compared, `4b` of `Apt. #4-B`; null where it is more than number and letter, such as a floor."""
    bare = f"regexp_replace(regexp_replace(lower({text}), '^ *{_UNIT}', ''), '[^a-z0-9]', '', 'g')"
    return f"nullif(regexp_extract({bare}, '^0*([0-9]{{1,5}}[a-z]?|[a-z][0-9]{{0,5}})$', 1), '')"


def streets() -> Stage:
    """Each distinct street as written: the house, the name of the way without what all ways are called, and the apartment."""
    words = "|".join(street_words())
    tail = rf"[ ,]+{_UNIT}([0-9a-z-]+) *$"
    select = rf"""
with
cleaned as materialized (
    select
        street as written,
        {plain(f"regexp_replace(lower(street), '{tail}', '')")} as text,
        {unit(f"regexp_extract(lower(street), '{tail}', 2)")} as unit
    from (select distinct street from staging.records where street is not null)
)
select
    written,
    nullif(regexp_extract(text, '(?:^| )([0-9]+[a-z]?)(?: |$)', 1), '') as house,
    nullif(regexp_replace(
        trim(regexp_replace(replace(text, 'strasse', 'str'), '(^| )([0-9]+[a-z]?|{words})\b', '', 'g')), 'str$', ''
    ), '') as way,
    unit
from cleaned
"""
    return Stage(
        Table("temp.streets", "One row per street as it is written: house, way and unit.", ("written",)), select
    )


def stages(config: Config) -> tuple[Step, ...]:
    """What records and traces state, each value as written read once, and put together again; after identity.features."""
    return (trace_entries(), stated(config), *mailboxes(), *numbers(config), contacts(), *hashes.stages(config))


def trace_entries() -> Stage:
    """The identifiers of traces, one by one: maps are slow to look into, and are opened once."""
    return Stage(
        Table("temp.trace_entries", "One row per trace and identifier that it carries."),
        statement("cxunify.identity", "evidence", "trace_entries"),
    )


def stated(config: Config) -> Stage:
    """Every mailbox and number that records and traces state, as written; `country` is where a number is dialled."""
    select = f"""
with
mailboxes as (
    select row_no, emails, unnest(generate_series(1, len(emails))) as place from staging.records where len(emails) > 0
),
numbers as (
    select row_no, phones, unnest(generate_series(1, len(phones))) as place from staging.records where len(phones) > 0
)
select
    m.row_no, f.node, null::bigint as trace_id, 'email' as type, null::varchar as country,
    list_extract(m.emails, m.place) as written, m.place::utinyint as place
from mailboxes as m
join identity.features as f on f.row_no = m.row_no
union all
select n.row_no, f.node, null, 'phone', f.country, list_extract(n.phones, n.place), n.place
from numbers as n
join identity.features as f on f.row_no = n.row_no
union all
select null, null, trace_id, type, case when type = 'phone' then {home(config)} end, written, 1
from temp.trace_entries
where type in ('email', 'phone')
"""
    return Stage(Table("temp.stated", "One row per mailbox or number that a record or a trace states."), select)


def mailboxes() -> tuple[Step, ...]:
    """Each distinct mailbox as written: those that an expression reads, and what is unpacked from the other cells."""
    columns = "address, value, local, letters, is_placeholder, is_role"
    return (
        Stage(
            Table(
                "temp.plain_mailboxes", "One row per mailbox as it is written: as an expression reads it.", ("written",)
            ),
            email.mailboxes("(select distinct written from temp.stated where type = 'email')"),
        ),
        Loop(
            Table("temp.odd_mailboxes", "One row per odd cell of mailboxes and address in it.", ("written", "part")),
            cells.mailboxes,
            {"cells": "select written from temp.plain_mailboxes where is_odd order by written"},
            split=Split(),
        ),
        Stage(
            Table(
                "identity.mailboxes",
                "One row per mailbox as it is written: the one it stands for, if any; of several in a cell, one each.",
                ("written", "part"),
            ),
            f"""
select written, 1 as part, {columns} from temp.plain_mailboxes where not is_odd
union all
select o.written, o.part, r.address, r.value, r.local, r.letters, coalesce(r.is_placeholder, false), coalesce(r.is_role, false)
from temp.odd_mailboxes as o
left join ({email.mailboxes("(select distinct held as written from temp.odd_mailboxes)")}) as r on r.written = o.held
""",
        ),
    )


def numbers(config: Config) -> tuple[Step, ...]:
    """Each distinct telephone number as written in a country, likewise."""
    known = {code for _, code in countries(*regions(config))}
    held = "(select distinct held as written, country from temp.odd_numbers)"
    return (
        Stage(
            Table(
                "temp.plain_numbers",
                "One row per telephone number as it is written in a country: as an expression reads it.",
                ("written", "country"),
            ),
            phone.numbers("(select distinct written, country from temp.stated where type = 'phone')", known),
        ),
        Loop(
            Table(
                "temp.odd_numbers", "One row per odd cell of numbers and number in it.", ("written", "country", "part")
            ),
            cells.numbers,
            {"cells": "select written, country from temp.plain_numbers where is_odd order by written, country"},
            split=Split(),
        ),
        Stage(
            Table(
                "identity.numbers",
                "One row per telephone number as it is written in a country: the one it stands for, if any; of several, one each.",
                ("written", "country", "part"),
            ),
            f"""
select written, country, 1 as part, value, is_placeholder from temp.plain_numbers where not is_odd
union all
select o.written, o.country, o.part, r.value, coalesce(r.is_placeholder, false)
from temp.odd_numbers as o
left join ({phone.numbers(held, known)}) as r on r.written = o.held and r.country = o.country
""",
        ),
    )


def contacts() -> Stage:
    """What is stated, with what it means; `key` stands for type and value."""
    return Stage(
        Table("temp.contacts", "One row per mailbox or number that a record or a trace states: its meaning."),
        statement("cxunify.identity", "evidence", "contacts"),
    )
