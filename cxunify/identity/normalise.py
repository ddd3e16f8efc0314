"""staging.records -> identity.names, identity.contacts, identity.features: one spelling for what is meant to be one thing.

Every expression is idempotent and runs over distinct values, not over records. Text in any script survives: letters, marks
and digits stay, accents, case and punctuation go.
"""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.lists import street_words
from cxunify.warehouse import Stage, literal, quote

SUFFIXES = "jr|sr|ii|iii|iv|jnr|snr|junior|senior"
TITLES = "mr|mrs|ms|miss|mx|dr|prof|sir|madam|herr|frau|mme|mlle|monsieur|madame|sig|sra|srta|don|dona"
PARTICLES = "'of', 'the', 'de', 'del', 'la', 'von', 'van', 'der', 'den', 'di', 'da', 'y', 'e'"

FIXED_POSTCODES = {"US": 5, "DE": 5, "FR": 5, "ES": 5, "IT": 5, "FI": 5, "EE": 5, "MX": 5, "TR": 5, "AU": 4, "NO": 4, "DK": 4}
"""Length of postcodes made of digits, where Excel eats leading zeros."""


def clean(text: str) -> str:
    """SQL for `text` in lower case, without accents, punctuation and double blanks."""
    folded = f"strip_accents(replace(replace(replace(lower({text}), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'))"
    plain = f"translate({folded}, 'łøđðı''’`´.', 'loddi')"
    return rf"trim(regexp_replace({plain}, '[^\p{{L}}\p{{M}}\p{{N}}]+', ' ', 'g'))"


def stages(config: Config) -> tuple[Stage, ...]:
    """The tables of normalised values, in order."""
    return (names(), contacts(config), features(config))


def names() -> Stage:
    """Each distinct name as written, taken apart once: `Dr. José-María de la Cruz, Jr.`."""
    select = rf"""
with
written as (
    select distinct written
    from (
        select unnest([given_name, middle_name, family_name, full_name, name_suffix, company]) as written from staging.records
    )
    where written is not null
),
cleaned as (select written, {clean("written")} as text from written),
-- A generation suffix stands at the end and tells father from son; a title stands at the front and tells nothing.
parted as (
    select
        written,
        regexp_extract(text, '(?:^| )({SUFFIXES})$', 1) as suffix,
        trim(regexp_replace(regexp_replace(text, '(^| )({SUFFIXES})$', ''), '^(?:({TITLES}) )+', '')) as text,
        -- "Family, Given": what stands before the comma is the family's name.
        case when contains(written, ',') then {clean("split_part(written, ',', 1)")} end as before_comma
    from cleaned
)
select
    written,
    nullif(p.text, '') as text,
    nullif(split_part(p.text, ' ', 1), '') as first_word,
    nullif(split_part(p.text, ' ', -1), '') as last_word,
    case
        when suffix in ('jr', 'jnr', 'junior') then 'jr' when suffix in ('sr', 'snr', 'senior') then 'sr' else nullif(suffix, '')
    end as suffix,
    nullif(before_comma, '') as before_comma
from parted as p
where not exists (select 1 from identity.placeholders as n where n.kind = 'name' and n.value = p.text)
"""
    return Stage("identity.names", select, ("written",), "One row per name as it is written: its parts.")


def contacts(config: Config) -> Stage:
    """Each distinct mailbox, number and identifier as written, with the value that it stands for."""
    declared = " ".join(
        f"when '{name}' then '{source.region}'" for name, source in config.sources.items() if source.region is not None
    )
    home = f"case source {declared} else $region end" if declared else "$region"
    select = rf"""
with
written as (
    select 'email' as type, mailbox as written, null::varchar as country
    from (select unnest(emails) as mailbox from staging.records)
    union
    select 'phone', number, coalesce(c.country, home)
    from (select unnest(phones) as number, {clean("country")} as name, {home} as home from staging.records) as r
    left join identity.country_names as c on c.name = r.name
    union
    select e.key, e.value, case when e.key = 'phone' then $region end
    from (
        select unnest(map_entries(identifiers)) as e from staging.records
        union all
        select unnest(map_entries(identifiers)) from staging.traces
    )
),
-- What people put around a mailbox: blanks, quotes, mailto:, angle brackets, a tag behind a plus.
mail as (
    select written, lower(trim(written, ' "''<>')) as text from written where type = 'email'
),
mailbox as (
    select distinct
        written,
        regexp_replace(split_part(replace(text, 'mailto:', ''), '@', 1), '\+.*$', '') as box,
        replace(split_part(text, '@', 2), 'googlemail.com', 'gmail.com') as domain
    from mail
    where regexp_full_match(text, '[^@\s]+@[^@\s]+\.[^@\s.]+')
),
digits as (
    select distinct
        w.written, w.country, d.* exclude (country),
        starts_with(trim(w.written, ' ''('), '+') as is_international,
        regexp_replace(regexp_replace(lower(w.written), '(\.0$|x|ext|#|;).*$', ''), '[^0-9]', '', 'g') as text
    from written as w
    join identity.dialling as d on d.country = w.country
    where w.type = 'phone' and not contains(lower(w.written), 'e+')
),
-- The number behind the calling code, then the same without the trunk prefix that is dialled at home only.
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
number as (
    select
        written, country,
        case
            when subscriber is null and length(text) between 8 and 17 then '+' || case when is_international then text else substr(text, length(abroad) + 1) end
            when trunk <> '' and starts_with(subscriber, trunk) and length(subscriber) > shortest
                and length(subscriber) - length(trunk) <= longest
                then '+' || calling_code || substr(subscriber, length(trunk) + 1)
            when length(subscriber) between shortest and longest then '+' || calling_code || subscriber
        end as value,
        subscriber
    from national
)
select
    'email' as type, written, null as country,
    -- Gmail does not read dots.
    case when domain = 'gmail.com' then replace(box, '.', '') else box end || '@' || domain as value,
    exists (select 1 from identity.placeholders where (kind = 'mailbox' and value = box) or (kind = 'maildomain' and value = domain))
        as is_placeholder,
    exists (select 1 from identity.placeholders where kind = 'role' and value = box) as is_role
from mailbox
where box <> ''
union all
select
    'phone', written, country, value,
    length(translate(subscriber, left(subscriber, 1), '')) <= 1
        or contains('01234567890123456789', subscriber) or contains('98765432109876543210', subscriber),
    false
from number
where value is not null
union all
select
    type, written, null, upper(trim(regexp_replace(written, '\.0$', ''))),
    lower(trim(written)) in (select value from identity.placeholders where kind = 'identifier')
        or regexp_full_match(trim(written), '(0+|9{{4,}}|x+|X+)'),
    false
from written
where type not in ('email', 'phone') and trim(written) <> ''
"""
    return Stage(
        "identity.contacts",
        select,
        ("type", "written", "country"),
        "One row per mailbox, number or identifier as it is written: the value it stands for.",
    )


def features(config: Config) -> Stage:
    """Each record with its values normalised; `node` numbers records by source and id, whatever order they came in."""
    streets = "|".join(street_words())
    fixed = " ".join(f"when '{country}' then {length}" for country, length in FIXED_POSTCODES.items())
    evidence = "".join(
        f",\n        nullif({clean(f'attributes[{literal(name)}]')}, '') as {quote('attribute_' + name)}"
        for name in config.identity.evidence
    )
    regions = " ".join(
        f"when '{name}' then '{source.region}'" for name, source in config.sources.items() if source.region is not None
    )
    home = f"case source {regions} else $region end" if regions else "$region"
    listed = ", ".join(literal(name) for name, source in config.sources.items() if source.duplicate_free) or "null"
    select = rf"""
with
records as (
    select (row_number() over (order by source, record_id) - 1)::integer as node, r.*, coalesce(c.country, {home}) as land
    from staging.records as r
    left join identity.country_names as c on c.name = {clean("r.country")}
),
places as (
    select
        *,
        regexp_replace(lower(street), '[ ,]+(unit|apt|apartment|suite|ste|flat|wohnung|whg|appt|piso|#|no\.?)[ .#]*[0-9a-z-]+ *$', '')
            as way,
        upper(regexp_replace(postal_code, '(\.0$|[^0-9A-Za-z-])', '', 'g')) as code
    from (select distinct street, postal_code, city, region, land from records)
),
addresses as (
    select
        street, postal_code, city, region, land,
        nullif(regexp_extract({clean("way")}, '(?:^| )([0-9]+[a-z]?)(?: |$)', 1), '') as house,
        nullif(trim(regexp_replace(regexp_replace(
            replace({clean("way")}, 'strasse', 'str'), '(^| )([0-9]+[a-z]?|{streets})\b', '', 'g'), ' +', ' ', 'g')), '') as way,
        nullif({clean("city")}, '') as town,
        nullif({clean("region")}, '') as state,
        case land {fixed} end as digits,
        case when case land {fixed} end is null then replace(code, '-', '') else split_part(code, '-', 1) end as code
    from places
),
located as (
    select
        * exclude (code, digits),
        case
            when regexp_full_match(code, '(0+|1+|9+|X+|)') then null
            when regexp_full_match(code, '[0-9]+') and length(code) between digits - 2 and digits - 1 then lpad(code, digits, '0')
            when regexp_full_match(code, '[0-9]{{9}}') and digits = 5 then left(code, 5)
            else code
        end as code
    from addresses
),
named as (
    select
        r.node,
        coalesce(
            g.first_word,
            case when g.written is null and f.written is null then
                case when n.before_comma is null then n.first_word else split_part(trim(substr(n.text, length(n.before_comma) + 1)), ' ', 1) end
            end
        ) as given,
        coalesce(f.text, case when g.written is null then coalesce(n.before_comma, case when n.first_word <> n.last_word then n.last_word end) end)
            as family,
        coalesce(s.suffix, f.suffix, g.suffix, n.suffix) as suffix,
        concat_ws(' ', g.text, m.text, n.text) as words
    from records as r
    left join identity.names as g on g.written = r.given_name
    left join identity.names as f on f.written = r.family_name
    left join identity.names as m on m.written = r.middle_name
    left join identity.names as n on n.written = r.full_name
    left join identity.names as s on s.written = r.name_suffix
)
select
    node, source, record_id, coalesce(source in ({listed}), false) as is_duplicate_free,
    n.given, n.family, n.suffix,
    -- Every other word of the name, in order of the alphabet: middle names, earlier names, second surnames.
    case when words <> coalesce(n.given, '') then nullif(array_to_string(list_sort(list_distinct(list_filter(
        string_split(words, ' '),
        lambda w: w <> '' and w <> coalesce(n.given, '') and not contains(' ' || coalesce(n.family, '') || ' ', ' ' || w || ' ')
            and w not in ({PARTICLES})
    ))), ' '), '') end as other_names,
    left({clean("gender")}, 1) as gender,
    a.house, a.way as street, a.town as city, a.state as region, a.code as postal_code, r.land as country,
    case
        when birth_date not in (select value::date from identity.placeholders where kind = 'birth_date') then birth_date
    end as birth_date,
    coalesce(updated_at, created_at) as stated_at,
    created_at,
    merged_into{evidence}
from records as r
join named as n using (node)
left join located as a
    on a.street is not distinct from r.street and a.postal_code is not distinct from r.postal_code
    and a.city is not distinct from r.city and a.region is not distinct from r.region and a.land = r.land
order by node
"""
    return Stage("identity.features", select, ("node",), "One row per source record: its values, normalised.")

