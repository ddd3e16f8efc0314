-- id: consent_unclear
-- dimension: validity
-- title: {field} in words that are not understood
-- subject: record
-- key: row
-- of: records
-- price: customers
-- weight: 0.3
-- needs: staging.invalid
-- fix: Say what the words of {source} mean: true allows contact, false forbids it, null says nothing; until then each of them is taken for no. With --values, `cxunify quality` shows the word of every record.
-- why: A word that nobody can read may be a withdrawal, so whoever it was written for is left alone.
-- paste: sources:
--     {source}:
--       person:
--         consent: {words}
with
unclear as (
    select source, row_no, unnest(map_entries(consent)) as entry, coalesce(updated_at, created_at) as occurred_at
    from staging.records
    where source in (select source from staging.invalid where starts_with(field, 'consent.'))
)
select
    u.source, u.row_no::varchar as key, 'consent.' || u.entry.key as field, null::varchar as location, u.occurred_at, 1 as lines,
    null::decimal(18, 2) as amount, o.customer_id
from unclear as u
left join quality.owners as o on o.row_no = u.row_no
where u.entry.value is null
