"""staging.records, staging.traces -> temp.streets, .trace_entries, .mailboxes, .numbers: where people can be reached.

Each distinct value as it is written, once. `materialized` keeps the engine from working a step out again for each use of it.
"""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.evidence.lists import street_words
from cxunify.schema import Table
from cxunify.warehouse import Stage, literal


def clean(text: str) -> str:
    """SQL for `text` in lower case, without accents, punctuation and double blanks."""
    folded = f"strip_accents(replace(replace(replace(lower({text}), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'))"
    plain = f"translate({folded}, 'łøđðı''’`´.', 'loddi')"
    return rf"trim(regexp_replace({plain}, '[^\p{{L}}\p{{M}}\p{{N}}]+', ' ', 'g'))"


def home(config: Config) -> str:
    """SQL for the country of a record whose own is not stated: its source's or, failing that, the project's."""
    declared = [(name, source.region) for name, source in config.sources.items() if source.region is not None]
    cases = " ".join(f"when {literal(name)} then {literal(region)}" for name, region in declared)
    return f"case source {cases} else $region end" if cases else "$region"


def streets() -> Stage:
    """Each distinct street as written: the number of the house, and the name of the way without what all ways are called."""
    words = "|".join(street_words())
    unit = r"[ ,]+(unit|apt|apartment|suite|ste|flat|wohnung|whg|appt|piso|#|no[.]?)[ .#]*[0-9a-z-]+ *$"
    select = rf"""
with
cleaned as materialized (
    select
        street as written,
        {clean(f"regexp_replace(lower(street), '{unit}', '')")} as text
    from (select distinct street from staging.records where street is not null)
)
select
    written,
    nullif(regexp_extract(text, '(?:^| )([0-9]+[a-z]?)(?: |$)', 1), '') as house,
    nullif(regexp_replace(
        trim(regexp_replace(replace(text, 'strasse', 'str'), '(^| )([0-9]+[a-z]?|{words})\b', '', 'g')), 'str$', ''
    ), '') as way
from cleaned
"""
    return Stage(Table("temp.streets", "One row per street as it is written: house and way.", ("written",)), select)


def trace_entries() -> Stage:
    """The identifiers of traces, one by one: maps are slow to look into, and are opened once."""
    select = """
select trace_id, person_source, person_record_id, entry.key as type, entry.value as written
from (
    select trace_id, person_source, person_record_id, unnest(map_entries(identifiers)) as entry
    from staging.traces
    where cardinality(identifiers) > 0
)
where trim(entry.value) <> ''
"""
    return Stage(Table("temp.trace_entries", "One row per trace and identifier that it carries."), select)


def mailboxes() -> Stage:
    """Each distinct mailbox as written, without what people put around it: blanks, quotes, mailto:, a tag behind a plus."""
    select = r"""
with
written as materialized (
    select unnest(emails) as written from staging.records
    union
    select written from temp.trace_entries where type = 'email'
),
trimmed as materialized (select written, replace(lower(trim(written, ' "''<>')), 'mailto:', '') as text from written),
parted as materialized (
    select
        written, split_part(split_part(text, '@', 1), '+', 1) as box,
        replace(split_part(text, '@', 2), 'googlemail.com', 'gmail.com') as domain
    from trimmed
    where text like '_%@_%._%' and not contains(text, ' ') and text not like '%@%@%' and not ends_with(text, '.')
),
-- Gmail does not read dots.
boxes as materialized (
    select
        written, domain, case when domain = 'gmail.com' then replace(box, '.', '') else box end as box, strip_accents(box) as local
    from parted
    where box <> ''
)
select
    written,
    box || '@' || domain as value,
    local,
    -- Digits and marks tell nobody's name.
    nullif(translate(local, '0123456789._-', ''), '') as letters,
    m.value is not null or d.value is not null as is_placeholder,
    r.value is not null as is_role
from boxes as b
left join identity.placeholders as m on m.kind = 'mailbox' and m.value = b.box
left join identity.placeholders as d on d.kind = 'maildomain' and d.value = b.domain
left join identity.placeholders as r on r.kind = 'role' and r.value = b.box
"""
    return Stage(
        Table("identity.mailboxes", "One row per mailbox as it is written: the one it stands for.", ("written",)),
        select,
    )


def numbers(config: Config) -> Stage:
    """Each distinct telephone number as written in a country, in the international form."""
    select = rf"""
with
written as materialized (
    select unnest(phones) as written, coalesce(c.country, {home(config)}) as country
    from staging.records as r
    left join temp.names as n on n.written = r.country
    left join identity.country_names as c on c.name = n.plain
    union
    select written, $region from temp.trace_entries where type = 'phone'
),
digits as materialized (
    select
        w.written, w.country, d.* exclude (country),
        starts_with(ltrim(w.written, ' ''('), '+') as is_international,
        -- Extensions, and the decimals of numbers that were numbers for a while.
        regexp_replace(regexp_replace(w.written, '([.]0$|[xX#;eE]).*$', ''), '[^0-9]', '', 'g') as text
    from written as w
    join identity.dialling as d on d.country = w.country
    where not contains(lower(w.written), 'e+')
),
-- What stands behind the calling code; null for the numbers of other countries.
national as materialized (
    select
        *,
        case
            when is_international and starts_with(text, calling_code) then substr(text, length(calling_code) + 1)
            when is_international then null
            when starts_with(text, abroad || calling_code) then substr(text, length(abroad || calling_code) + 1)
            when starts_with(text, abroad) and length(text) > longest then null
            when length(text) > longest and starts_with(text, calling_code) then substr(text, length(calling_code) + 1)
            -- Where a trunk prefix is dialled, a long number without it that begins like one from abroad is one.
            when trunk <> '' and not starts_with(text, trunk) and starts_with(text, calling_code)
                and length(text) >= length(calling_code) + 9 then substr(text, length(calling_code) + 1)
            else text
        end as subscriber
    from digits
),
-- The trunk prefix is dialled at home only.
called as (
    select
        written, country, subscriber,
        case
            when subscriber is null and length(text) between 8 and 17
                then '+' || case when is_international then text else substr(text, length(abroad) + 1) end
            when trunk <> '' and starts_with(subscriber, trunk) and length(subscriber) > shortest
                and length(subscriber) - length(trunk) <= longest
                then '+' || calling_code || substr(subscriber, length(trunk) + 1)
            when length(subscriber) between shortest and longest then '+' || calling_code || subscriber
        end as value
    from national
)
select
    written, country, value,
    length(replace(digits, left(digits, 1), '')) <= 1
        or contains('01234567890123456789', digits) or contains('98765432109876543210', digits) as is_placeholder
from (select *, coalesce(subscriber, ltrim(value, '+')) as digits from called)
where value is not null
"""
    return Stage(
        Table(
            "identity.numbers", "One row per telephone number as it is written in a country.", ("written", "country")
        ),
        select,
    )
