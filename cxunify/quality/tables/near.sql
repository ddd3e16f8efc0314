-- One row per trace and key or identifier that no record has, but that exactly one value of a record would be if blanks, hyphens,
-- capitals or leading zeros did not count: and which of these differ. Only traces that nothing else of theirs leads to somebody are
-- asked, so that most of a company's interactions cost nothing here.
with
lost as (
    select t.trace_id, 'person.' || t.person_source as field, t.person_record_id as written
    from staging.traces as t
    join identity.foreign_keys as k on k.source = t.person_source and k.record_id = t.person_record_id
    where k.points_to is null
    union all
    select trace_id, 'identifiers.' || entry.key, entry.value
    from (
        select t.trace_id, unnest(map_entries(t.identifiers)) as entry
        from staging.traces as t
        left join identity.trace_assignments as a on a.trace_id = t.trace_id
        where (a.customer_id is null or a.identified_by in ('trace only', 'orphan key', 'device'))
            and (cardinality(t.identifiers) > 1 or (cardinality(t.identifiers) = 1 and t.identifiers['device_id'] is null))
    )
    where entry.key not in ('email', 'phone', 'device_id')
),
asked as (select distinct field from lost),
known as (
    select 'identifiers.' || entry.key as field, entry.value as written
    from (
        select unnest(map_entries(identifiers)) as entry
        from staging.records
        where cardinality(identifiers) > 0 and (select count(*) from asked where starts_with(field, 'identifiers.')) > 0
    )
    union all
    select 'person.' || source, record_id from staging.records where 'person.' || source in (select field from asked)
),
spelled as (
    select
        field, written, is_known,
        trim(case when ends_with(written, '.0') then left(written, length(written) - 2) else written end) as plain
    from (
        select distinct field, written, false as is_known from lost
        union all
        select distinct field, written, true from known semi join asked using (field)
    )
),
bare as (
    select *, upper(regexp_replace(plain, '[^\p{L}\p{N}]+', '', 'g')) as letters
    from spelled
),
forms as (
    select *, regexp_replace(letters, '^([^0-9]*)0+([0-9])', '\1\2') as form
    from bare
),
-- What several values of records would be, or what is no number of anybody, says nothing.
owned as (
    select f.field, f.form, min(f.plain) as plain, min(f.letters) as letters
    from forms as f
    join (select distinct field, form from forms where not is_known) as l on l.field = f.field and l.form = f.form
    left join identity.shared_values as s on 'identifiers.' || s.type = f.field and upper(s.value) = upper(f.plain)
    where f.is_known and f.form not in ('', '0') and s.value is null
    group by f.field, f.form
    having min(upper(f.plain)) = max(upper(f.plain))
),
pairs as (
    select
        l.field, l.written, l.letters <> o.letters as by_zeros,
        regexp_replace(l.plain, '[^\s]+', '', 'g') <> regexp_replace(o.plain, '[^\s]+', '', 'g') as by_blanks,
        regexp_replace(l.plain, '[\p{L}\p{N}\s]+', '', 'g') <> regexp_replace(o.plain, '[\p{L}\p{N}\s]+', '', 'g') as by_hyphens,
        -- Cards are compared in any case as it is.
        l.field <> 'identifiers.loyalty_id'
            and regexp_replace(l.plain, '[^\p{L}]+', '', 'g') <> regexp_replace(o.plain, '[^\p{L}]+', '', 'g') as by_case
    from forms as l
    join owned as o on o.field = l.field and o.form = l.form
    where not l.is_known
)
select l.trace_id, p.field, p.by_zeros, p.by_blanks, p.by_hyphens, p.by_case
from lost as l
join pairs as p on p.field = l.field and p.written = l.written
where p.by_zeros or p.by_blanks or p.by_hyphens or p.by_case
