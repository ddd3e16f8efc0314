"""staging.records -> temp.names, identity.features: one spelling for what is meant to be one thing.

Every expression is idempotent and runs over distinct values, not over records. Text in any script survives: letters, marks
and digits stay; accents, case and punctuation go.
"""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.evidence.contact import home, streets, unit
from cxunify.schema import Table
from cxunify.vocabulary import dates, places
from cxunify.vocabulary.lists import values
from cxunify.vocabulary.words import no_evidence, plain
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


def stages(config: Config) -> tuple[Stage, ...]:
    """The tables of normalised values, in order."""
    return (names(config), streets(), features(config))


def names(config: Config) -> Stage:
    """Each distinct name as written, taken apart once: `Dr. José-María de la Cruz, Jr.`."""
    columns = (*WORDED, *(f"attributes[{literal(name)}]" for name in config.identity.evidence))
    written = " union ".join(
        f"select {column} as written from staging.records where {column} is not null" for column in columns
    )
    select = rf"""
with
written as materialized ({written}),
cleaned as materialized (select written, {plain("written")} as plain from written),
-- A generation suffix stands at the end and tells father from son; a title stands at the front and tells nothing.
parted as materialized (
    select
        written, plain,
        regexp_extract(plain, '. ({SUFFIXES})$', 1) as suffix,
        trim(regexp_replace(regexp_replace(plain, '(.) ({SUFFIXES})$', '\1'), '^(?:({TITLES}) )+', '')) as text,
        -- "Family, Given": what stands before the comma is the family's name.
        case when contains(written, ',') then {plain("split_part(written, ',', 1)")} end as before_comma
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
where p.text = '' or not exists (
    select 1 from (values {values((word,) for word in no_evidence())}) as nothing(word) where {plain("word")} = p.text
)
"""
    return Stage(
        Table("temp.names", "One row per name, place or attribute as it is written: its parts.", ("written",)), select
    )


def features(config: Config) -> Stage:
    """Each record with its values normalised; `node` numbers records by source and id, whatever order they came in."""
    fixed = " ".join(f"when '{country}' then {length}" for country, length in places.DIGITS.items())
    evidence = "".join(
        f", e{i}.plain as {quote('attribute_' + name)}" for i, name in enumerate(config.identity.evidence)
    )
    evidence_joins = "".join(
        f"\nleft join temp.names as e{i} on e{i}.written = r.attributes[{literal(name)}]"
        for i, name in enumerate(config.identity.evidence)
    )
    listed = ", ".join(literal(name) for name, source in config.sources.items() if source.duplicate_free) or "null"
    select = rf"""
with
numbered as (select row_no, (row_number() over (order by source, record_id) - 1)::integer as node from staging.records),
postcodes as materialized (
    select written, country, case country {fixed} end as digits, upper(translate(written, ' .', '')) as code
    from (
        select distinct r.postal_code as written, coalesce(c.country, {home(config)}) as country
        from staging.records as r
        left join temp.names as n on n.written = r.country
        left join identity.country_names as c on c.name = n.plain
        where r.postal_code is not null
    )
),
-- 1095 was 01095 before a spreadsheet read it, 10951234 was 10951-234.
coded as materialized (
    select
        written, country,
        case
            when digits is null then replace(code, '-', '')
            when length(split_part(code, '-', 1)) between digits - 2 and digits - 1
                and try_cast(split_part(code, '-', 1) as integer) is not null then lpad(split_part(code, '-', 1), digits, '0')
            when digits = 5 and length(code) = 9 and try_cast(code as integer) is not null then left(code, 5)
            else split_part(code, '-', 1)
        end as code
    from postcodes
),
named as (
    select
        r.row_no,
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
            case when g.written is null
                then coalesce(n.before_comma, case when n.first_word <> n.last_word then n.last_word end, c.text) end
        ) as family,
        coalesce(s.alone, f.suffix, g.suffix, n.suffix) as suffix,
        concat_ws(' ', g.text, m.text, n.text) as words,
        t.plain as city, w.plain as region, coalesce(l.country, {home(config)}) as country
    from staging.records as r
    left join temp.names as g on g.written = r.given_name
    left join temp.names as f on f.written = r.family_name
    left join temp.names as m on m.written = r.middle_name
    left join temp.names as n on n.written = r.full_name
    left join temp.names as s on s.written = r.name_suffix
    left join temp.names as c on c.written = r.company
    left join temp.names as t on t.written = r.city
    left join temp.names as w on w.written = r.region
    left join temp.names as o on o.written = r.country
    left join identity.country_names as l on l.name = o.plain
)
select
    i.node, r.row_no, r.source, r.record_id, coalesce(r.source in ({listed}), false) as is_duplicate_free,
    n.given, n.family, n.suffix,
    -- Every other word of the name, in order of the alphabet: middle names, earlier names, second surnames.
    case when n.words <> coalesce(n.given, '') then nullif(array_to_string(list_sort(list_distinct(list_filter(
        string_split(n.words, ' '),
        lambda w: w <> '' and w <> coalesce(n.given, '') and not contains(' ' || coalesce(n.family, '') || ' ', ' ' || w || ' ')
            and w not in ({PARTICLES})
    ))), ' '), '') end as other_names,
    nullif(left(lower(trim(r.gender)), 1), '') as gender,
    a.house, a.way as street, coalesce(case when r.unit is not null then {unit("r.unit")} end, a.unit) as unit, n.city, n.region,
    case when not {places.is_placeholder("z.code")} then nullif(z.code, '') end as postal_code,
    n.country,
    case when not {dates.is_zero("r.birth_date")} then r.birth_date end as birth_date,
    coalesce(r.updated_at, r.created_at) as stated_at, r.created_at, r.merged_into{evidence}
from staging.records as r
join numbered as i on i.row_no = r.row_no
join named as n on n.row_no = r.row_no
left join temp.streets as a on a.written = r.street
left join coded as z on z.written = r.postal_code and z.country = n.country{evidence_joins}
"""
    return Stage(Table("identity.features", "One row per source record: its values, normalised.", ("node",)), select)
