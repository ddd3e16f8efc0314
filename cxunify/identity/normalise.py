"""staging.records -> identity.names, .streets, .mailboxes, .numbers, .features: one spelling for what is meant to be one thing.

Every expression is idempotent and runs over distinct values, not over records. Text in any script survives: letters, marks
and digits stay; accents, case and punctuation go.
"""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.lists import street_words
from cxunify.warehouse import Stage, literal, quote

SUFFIXES = "jr|sr|i|ii|iii|iv|v|jnr|snr|junior|senior"
TITLES = "mr|mrs|ms|miss|mx|dr|prof|sir|madam|herr|frau|mme|mlle|monsieur|madame|sig|sra|srta|don|dona"
PARTICLES = "'of', 'the', 'de', 'del', 'la', 'von', 'van', 'der', 'den', 'di', 'da', 'y', 'e'"
WORDED = (
    "given_name",
    "middle_name",
    "family_name",
    "full_name",
    "name_suffix",
    "company",
    "city",
    "region",
    "country",
)

FIXED_POSTCODES = {
    "US": 5,
    "DE": 5,
    "FR": 5,
    "ES": 5,
    "IT": 5,
    "FI": 5,
    "EE": 5,
    "MX": 5,
    "TR": 5,
    "AU": 4,
    "NO": 4,
    "DK": 4,
}
"""Length of postcodes made of digits, where spreadsheets eat leading zeros."""


def clean(text: str) -> str:
    """SQL for `text` in lower case, without accents, punctuation and double blanks."""
    folded = f"strip_accents(replace(replace(replace(lower({text}), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'))"
    plain = f"translate({folded}, 'łøđðı''’`´.', 'loddi')"
    return rf"trim(regexp_replace({plain}, '[^\p{{L}}\p{{M}}\p{{N}}]+', ' ', 'g'))"


def stages(config: Config) -> tuple[Stage, ...]:
    """The tables of normalised values, in order."""
    return (names(config), streets(), trace_entries(), mailboxes(), numbers(config), features(config))


def home(config: Config) -> str:
    """SQL for the country of a record whose own is not stated: its source's or, failing that, the project's."""
    declared = [(name, source.region) for name, source in config.sources.items() if source.region is not None]
    cases = " ".join(f"when {literal(name)} then {literal(region)}" for name, region in declared)
    return f"case source {cases} else $region end" if cases else "$region"


def names(config: Config) -> Stage:
    """Each distinct name as written, taken apart once: `Dr. José-María de la Cruz, Jr.`."""
    columns = (*WORDED, *(f"attributes[{literal(name)}]" for name in config.identity.evidence))
    written = " union ".join(
        f"select {column} as written from staging.records where {column} is not null" for column in columns
    )
    select = rf"""
with
written as ({written}),
cleaned as (select written, {clean("written")} as plain from written),
-- A generation suffix stands at the end and tells father from son; a title stands at the front and tells nothing.
parted as (
    select
        written, plain,
        regexp_extract(plain, '. ({SUFFIXES})$', 1) as suffix,
        trim(regexp_replace(regexp_replace(plain, '(.) ({SUFFIXES})$', '\1'), '^(?:({TITLES}) )+', '')) as text,
        -- "Family, Given": what stands before the comma is the family's name.
        case when contains(written, ',') then {clean("split_part(written, ',', 1)")} end as before_comma
    from cleaned
)
select
    written,
    nullif(plain, '') as plain,
    nullif(p.text, '') as text,
    nullif(split_part(p.text, ' ', 1), '') as first_word,
    nullif(split_part(p.text, ' ', -1), '') as last_word,
    case
        when suffix in ('jr', 'jnr', 'junior') then 'jr' when suffix in ('sr', 'snr', 'senior') then 'sr' else nullif(suffix, '')
    end as suffix,
    case when plain in ('jr', 'jnr', 'junior') then 'jr' when plain in ('sr', 'snr', 'senior') then 'sr' else plain end as alone,
    nullif(before_comma, '') as before_comma
from parted as p
where not exists (select 1 from identity.placeholders as n where n.kind = 'name' and n.value = p.text)
"""
    return Stage(
        "identity.names", select, ("written",), "One row per name, place or attribute as it is written: its parts."
    )


def streets() -> Stage:
    """Each distinct street as written: the number of the house, and the name of the way without what all ways are called."""
    words = "|".join(street_words())
    select = rf"""
with
cleaned as (
    select
        street as written,
        {clean("regexp_replace(lower(street), '[ ,]+(unit|apt|apartment|suite|ste|flat|wohnung|whg|appt|piso|#|no[.]?)[ .#]*[0-9a-z-]+ *$', '')")} as text
    from (select distinct street from staging.records where street is not null)
)
select
    written,
    nullif(regexp_extract(text, '(?:^| )([0-9]+[a-z]?)(?: |$)', 1), '') as house,
    nullif(regexp_replace(trim(regexp_replace(replace(text, 'strasse', 'str'), '(^| )([0-9]+[a-z]?|{words})\b', '', 'g')), 'str$', ''), '')
        as way
from cleaned
"""
    return Stage("identity.streets", select, ("written",), "One row per street as it is written: house and way.")


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
    return Stage("identity.trace_entries", select, (), "One row per trace and identifier that it carries.")


def mailboxes() -> Stage:
    """Each distinct mailbox as written, without what people put around it: blanks, quotes, mailto:, a tag behind a plus."""
    select = r"""
with
written as (
    select unnest(emails) as written from staging.records
    union
    select written from identity.trace_entries where type = 'email'
),
trimmed as (select written, replace(lower(trim(written, ' "''<>')), 'mailto:', '') as text from written),
parted as (
    select written, split_part(split_part(text, '@', 1), '+', 1) as box, replace(split_part(text, '@', 2), 'googlemail.com', 'gmail.com') as domain
    from trimmed
    where text like '_%@_%._%' and not contains(text, ' ') and text not like '%@%@%' and not ends_with(text, '.')
),
-- Gmail does not read dots.
boxes as (
    select written, domain, case when domain = 'gmail.com' then replace(box, '.', '') else box end as box, strip_accents(box) as local
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
        "identity.mailboxes", select, ("written",), "One row per mailbox as it is written: the one it stands for."
    )


def numbers(config: Config) -> Stage:
    """Each distinct telephone number as written in a country, in the international form."""
    select = rf"""
with
written as (
    select unnest(phones) as written, coalesce(c.country, {home(config)}) as country
    from staging.records as r
    left join identity.names as n on n.written = r.country
    left join identity.country_names as c on c.name = n.plain
    union
    select written, $region from identity.trace_entries where type = 'phone'
),
digits as (
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
national as (
    select
        *,
        case
            when is_international and starts_with(text, calling_code) then substr(text, length(calling_code) + 1)
            when is_international then null
            when starts_with(text, abroad || calling_code) then substr(text, length(abroad || calling_code) + 1)
            when starts_with(text, abroad) and length(text) > longest then null
            when length(text) > longest and starts_with(text, calling_code) then substr(text, length(calling_code) + 1)
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
    length(replace(subscriber, left(subscriber, 1), '')) <= 1
        or contains('01234567890123456789', subscriber) or contains('98765432109876543210', subscriber) as is_placeholder
from called
where value is not null
"""
    return Stage(
        "identity.numbers",
        select,
        ("written", "country"),
        "One row per telephone number as it is written in a country.",
    )


def features(config: Config) -> Stage:
    """Each record with its values normalised; `node` numbers records by source and id, whatever order they came in."""
    fixed = " ".join(f"when '{country}' then {length}" for country, length in FIXED_POSTCODES.items())
    evidence = "".join(
        f", e{i}.plain as {quote('attribute_' + name)}" for i, name in enumerate(config.identity.evidence)
    )
    evidence_joins = "".join(
        f"\nleft join identity.names as e{i} on e{i}.written = r.attributes[{literal(name)}]"
        for i, name in enumerate(config.identity.evidence)
    )
    listed = ", ".join(literal(name) for name, source in config.sources.items() if source.duplicate_free) or "null"
    select = rf"""
with
numbered as (select rowid as row_id, (row_number() over (order by source, record_id) - 1)::integer as node from staging.records),
postcodes as (
    select written, country, case country {fixed} end as digits, upper(translate(written, ' .', '')) as code
    from (
        select distinct r.postal_code as written, coalesce(c.country, {home(config)}) as country
        from staging.records as r
        left join identity.names as n on n.written = r.country
        left join identity.country_names as c on c.name = n.plain
        where r.postal_code is not null
    )
),
-- 1095 was 01095 before a spreadsheet read it, 10951234 was 10951-234; what repeats one character is nothing.
coded as (
    select
        written, country,
        case
            when digits is null then replace(code, '-', '')
            when length(split_part(code, '-', 1)) between digits - 2 and digits - 1 and try_cast(split_part(code, '-', 1) as integer) is not null
                then lpad(split_part(code, '-', 1), digits, '0')
            when digits = 5 and length(code) = 9 and try_cast(code as integer) is not null then left(code, 5)
            else split_part(code, '-', 1)
        end as code
    from postcodes
),
named as (
    select
        r.rowid as row_id,
        coalesce(
            g.first_word,
            case
                when g.written is not null or f.written is not null then null
                when n.before_comma is null then n.first_word
                else split_part(trim(substr(n.text, length(n.before_comma) + 1)), ' ', 1)
            end
        ) as given,
        coalesce(
            f.text,
            case when g.written is null then coalesce(n.before_comma, case when n.first_word <> n.last_word then n.last_word end, c.text) end
        ) as family,
        coalesce(s.alone, f.suffix, g.suffix, n.suffix) as suffix,
        concat_ws(' ', g.text, m.text, n.text) as words,
        t.plain as city, w.plain as region, coalesce(l.country, {home(config)}) as country
    from staging.records as r
    left join identity.names as g on g.written = r.given_name
    left join identity.names as f on f.written = r.family_name
    left join identity.names as m on m.written = r.middle_name
    left join identity.names as n on n.written = r.full_name
    left join identity.names as s on s.written = r.name_suffix
    left join identity.names as c on c.written = r.company
    left join identity.names as t on t.written = r.city
    left join identity.names as w on w.written = r.region
    left join identity.names as o on o.written = r.country
    left join identity.country_names as l on l.name = o.plain
)
select
    i.node, r.source, r.record_id, coalesce(r.source in ({listed}), false) as is_duplicate_free,
    n.given, n.family, n.suffix,
    -- Every other word of the name, in order of the alphabet: middle names, earlier names, second surnames.
    case when n.words <> coalesce(n.given, '') then nullif(array_to_string(list_sort(list_distinct(list_filter(
        string_split(n.words, ' '),
        lambda w: w <> '' and w <> coalesce(n.given, '') and not contains(' ' || coalesce(n.family, '') || ' ', ' ' || w || ' ')
            and w not in ({PARTICLES})
    ))), ' '), '') end as other_names,
    nullif(left(lower(trim(r.gender)), 1), '') as gender,
    a.house, a.way as street, n.city, n.region,
    case when replace(z.code, left(z.code, 1), '') <> '' then z.code end as postal_code,
    n.country,
    case when b.value is null then r.birth_date end as birth_date,
    coalesce(r.updated_at, r.created_at) as stated_at, r.created_at, r.merged_into{evidence}
from staging.records as r
join numbered as i on i.row_id = r.rowid
join named as n on n.row_id = r.rowid
left join identity.streets as a on a.written = r.street
left join coded as z on z.written = r.postal_code and z.country = n.country
left join (select value::date as value from identity.placeholders where kind = 'birth_date') as b on b.value = r.birth_date{evidence_joins}
"""
    return Stage("identity.features", select, ("node",), "One row per source record: its values, normalised.")
