-- id: consent_conflict
-- dimension: consistency
-- title: Customers whose records disagree on consent
-- subject: record
-- of: records
-- price: customers
-- weight: 0.2
-- target: 0.99
-- enough: exists (from quality.coverage where subject = 'record' and field like 'consent.%' and filled > 0)
-- lacks: no consent is filled
-- fix: Let one system keep consent, and let {source} read it from there; until then the more restrictive answer holds.
-- why: Whoever opted out in one system is still written to by the other.
with
entries as (
    select
        a.customer_id, a.source, a.record_id, coalesce(r.created_at, r.updated_at) as occurred_at,
        unnest(map_entries(r.consent)) as entry
    from identity.assignments as a
    join staging.records as r on r.source = a.source and r.record_id = a.record_id
    where cardinality(r.consent) > 0 and a.customer_id in (select customer_id from quality.customers where records > 1)
),
told as (
    select customer_id, source, record_id, occurred_at, entry.key as channel, entry.value as allowed from entries
),
torn as (
    select customer_id, channel
    from told
    where allowed is not null
    group by all
    having count(distinct allowed) > 1
)
select
    t.source, t.record_id as key, 'consent.' || t.channel as field, null::varchar as location, t.occurred_at, 1 as lines,
    null::decimal(18, 2) as amount, t.customer_id
from told as t
join torn using (customer_id, channel)
where t.allowed
