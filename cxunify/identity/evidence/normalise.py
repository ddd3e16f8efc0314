"""staging.records -> temp.names, identity.features: one spelling for what is meant to be one thing.

Every expression is idempotent and runs over distinct values, not over records. Text in any script survives: letters, marks
and digits stay; accents, case and punctuation go.
"""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.evidence.contact import home, streets, unit
from cxunify.schema import Table
from cxunify.schema.identity import NOBODYS_BIRTHDAYS
from cxunify.vocabulary import companies, dates, places, titles
from cxunify.vocabulary.lists import quoted, values
from cxunify.vocabulary.names import PARTICLES
from cxunify.vocabulary.words import no_evidence, plain
from cxunify.warehouse import Stage, literal, quote, statement

SUFFIXES = "jr|sr|i|ii|iii|iv|v|jnr|snr|junior|senior"
TITLES = "mr|mrs|ms|miss|mx|dr|prof|sir|madam|herr|frau|mme|mlle|monsieur|madame|sig|sra|srta|don|dona"
_SIGNS = r"\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}ー"
_FIRST_OF_THEM = "⺀"
"""Before it come the letters of all other scripts: a comparison that spares most names a search."""
_LONG_SURNAMES = (
    "남궁|황보|제갈|선우|독고|사공|서문|동방|"
    "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|夏侯|皇甫|尉迟|尉遲|慕容|令狐|司徒|东方|東方|宇文|长孙|長孫"
)
_SURNAME_ENDS = (
    r"^(\p{Han}+)[\p{Hiragana}\p{Katakana}ー]+$", rf"^({_LONG_SURNAMES})..?$", r"^(\p{Han}\p{Han})\p{Han}\p{Han}\p{Han}?$",
    r"^([\p{Han}\p{Hangul}])[\p{Han}\p{Hangul}][\p{Han}\p{Hangul}]?$",
)  # fmt: skip
"""Where the surname ends in a name without a blank, as is usual: two of four characters, or one of two or three."""
_PATRONYMIC = "(ович|евич|овна|евна|ична|ovich|evich|ovna|evna|ichna)"
_SURNAME = r"(ov|ev|in|ova|eva|ina|skii?|skyi?|skij|skiy|skaya|ko|uk|yan|\p{Cyrillic})"
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
    return (names(config), streets(), nobodys_birthdays(), features(config))


def nobodys_birthdays() -> Stage:
    """Birth dates that are no evidence: the zeros of systems, and what a source's clerks type where they know none."""
    return Stage(
        NOBODYS_BIRTHDAYS,
        statement("cxunify.identity", "evidence", "nobodys_birthdays").replace("$is_zero", dates.is_zero("birth_date")),
    )


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
        {plain("split_part(written, ',', 1)")} as before_comma,
        plain >= '{_FIRST_OF_THEM}' as is_of_signs
    from cleaned
),
-- Names without a blank are divided as other records divide them.
known as (
    select family || given as name, min(family) as family
    from (
        select {plain("family_name")} as family, {plain("given_name")} as given
        from (
            select distinct family_name, given_name from staging.records
            where family_name >= '{_FIRST_OF_THEM}' and given_name >= '{_FIRST_OF_THEM}'
        )
    )
    group by name
),
led as (
    select
        p.written, p.plain, p.suffix, p.text, k.family as known_family,
        case
            -- "Family, Given": what stands before the comma is the family's name.
            when contains(p.written, ',') then p.before_comma
            when p.is_of_signs then coalesce(
                case when not contains(p.written, '・')
                    then nullif(regexp_extract(p.text, '^([{_SIGNS}]+) [{_SIGNS}]+$', 1), '')
                end,
                k.family,
                {", ".join(f"nullif(regexp_extract(p.text, '{pattern}', 1), '')" for pattern in _SURNAME_ENDS)}
            )
            when regexp_matches(p.text, '{_PATRONYMIC}$')
                then nullif(regexp_extract(p.text, '^([^ ]+{_SURNAME}) [^ ]+ [^ ]+{_PATRONYMIC}$', 1), '')
        end as family_first
    from parted as p
    left join known as k on k.name = p.text
)
select
    written,
    nullif(plain, '') as plain,
    {companies.is_company("written", "plain")} as is_company,
    nullif(p.text, '') as text,
    nullif(split_part(p.text, ' ', 1), '') as first_word,
    nullif(split_part(p.text, ' ', -1), '') as last_word,
    case
        when suffix in ('jr', 'jnr', 'junior') then 'jr' when suffix in ('sr', 'snr', 'senior') then 'sr' else nullif(suffix, '')
    end as suffix,
    case when plain in ('jr', 'jnr', 'junior') then 'jr' when plain in ('sr', 'snr', 'senior') then 'sr' else plain end as alone,
    nullif(family_first, '') as family_first,
    -- What a name is in one column, whichever that is.
    family_first is not null and (known_family is not null or contains(p.text, ' ')) as is_whole,
    nullif(split_part(trim(substr(p.text, length(family_first) + 1)), ' ', 1), '') as given_behind,
    case
        when contains(p.text, ' ') or family_first is null then nullif(p.text, '')
        else family_first || ' ' || substr(p.text, length(family_first) + 1)
    end as spaced
from led as p
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
    titled = "".join(
        f"\n            or coalesce({titles.is_nobodys(f'r.attributes[{literal(name)}]')}, false)"
        for name in _titles(config)
    )
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
-- A legal form makes a company of any name, and so does a title (Firma); one of two (Mr & Mrs) makes nobody of it. A record
-- that has a company and no name is the company's own.
told as (
    select
        r.row_no,
        coalesce(g.is_company, false) or coalesce(f.is_company, false) or coalesce(n.is_company, false)
            or (c.written is not null and g.written is null and f.written is null and n.written is null){titled} as is_company,
        case
            when o.written is not null then o.given_behind
            else coalesce(
                g.first_word,
                case
                    when g.written is not null or f.written is not null then null
                    when n.family_first is null then n.first_word
                    else n.given_behind
                end
            )
        end as given,
        case
            when o.written is not null then o.family_first
            else coalesce(
                f.text,
                case when g.written is null
                    then coalesce(n.family_first, case when n.first_word <> n.last_word then n.last_word end, c.text) end
            )
        end as family,
        {companies.bare("coalesce(n.plain, nullif(concat_ws(' ', g.plain, f.plain), ''), c.plain)")} as whole,
        {companies.bare("c.plain")} as company,
        coalesce(s.alone, f.suffix, g.suffix, n.suffix) as suffix,
        case
            when o.written is not null then concat_ws(' ', m.text, o.spaced) else concat_ws(' ', g.text, m.text, n.spaced)
        end as words,
        t.plain as city, w.plain as region, coalesce(l.country, {home(config)}) as country
    from staging.records as r
    -- A whole name that stands alone in the column of one of its parts.
    left join temp.names as o on o.is_whole and r.full_name is null
        and o.written = case when r.family_name is null then r.given_name when r.given_name is null then r.family_name end
    left join temp.names as g on g.written = r.given_name
    left join temp.names as f on f.written = r.family_name
    left join temp.names as m on m.written = r.middle_name
    left join temp.names as n on n.written = r.full_name
    left join temp.names as s on s.written = r.name_suffix
    left join temp.names as c on c.written = r.company
    left join temp.names as t on t.written = r.city
    left join temp.names as w on w.written = r.region
    left join temp.names as d on d.written = r.country
    left join identity.country_names as l on l.name = d.plain
),
named as (
    select
        row_no, is_company, company, city, region, country,
        case when not is_company then given end as given, case when is_company then whole else family end as family,
        case when not is_company then suffix end as suffix, case when not is_company then words end as words
    from told
)
select
    i.node, r.row_no, r.source, r.record_id, coalesce(r.source in ({listed}), false) as is_duplicate_free,
    n.is_company, n.given, n.family, n.suffix, n.company,
    -- Every other word of the name, in order of the alphabet: middle names, earlier names, second surnames.
    case when n.words <> coalesce(n.given, '') then nullif(array_to_string(list_sort(list_distinct(list_filter(
        string_split(n.words, ' '),
        lambda w: w <> '' and w <> coalesce(n.given, '') and not contains(' ' || coalesce(n.family, '') || ' ', ' ' || w || ' ')
            and w not in ({quoted(PARTICLES)})
    ))), ' '), '') end as other_names,
    nullif(left(lower(trim(r.gender)), 1), '') as gender,
    a.house, a.way as street, coalesce(case when r.unit is not null then {unit("r.unit")} end, a.unit) as unit, n.city, n.region,
    case when not {places.is_placeholder("z.code")} then nullif(z.code, '') end as postal_code,
    n.country,
    case when not {dates.is_nobodys("r")} then r.birth_date end as birth_date,
    coalesce(r.updated_at, r.created_at) as stated_at, r.created_at, r.merged_into{evidence}
from staging.records as r
join numbered as i on i.row_no = r.row_no
join named as n on n.row_no = r.row_no
left join temp.streets as a on a.written = r.street
left join coded as z on z.written = r.postal_code and z.country = n.country{evidence_joins}
"""
    return Stage(Table("identity.features", "One row per source record: its values, normalised.", ("node",)), select)


def _titles(config: Config) -> list[str]:
    """The attributes of any source that hold titles."""
    people = [source.person for source in config.sources.values() if source.person]
    return sorted(
        {
            name
            for person in people
            for name in titles.among({name: ref.names for name, ref in person.attributes.items()})
        }
    )
