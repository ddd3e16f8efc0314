-- id: merge_to_nobody
-- dimension: consistency
-- title: Merged records whose survivor is missing
-- subject: record
-- of: records
-- price: customers
-- weight: 0.5
-- target: 0.999
-- enough: exists (from staging.records where merged_into is not null)
-- lacks: no merged records
-- fix: Export the surviving records of {source} too.
-- why: The merge is known, and still the customer's history stays in pieces.
select
    m.source, m.record_id as key, 'merged_into' as field, null::varchar as location,
    coalesce(m.created_at, m.updated_at) as occurred_at, 1 as lines, null::decimal(18, 2) as amount, a.customer_id
from staging.records as m
join identity.foreign_keys as k on k.source = m.source and k.record_id = m.merged_into
left join identity.assignments as a on a.source = m.source and a.record_id = m.record_id
where k.points_to is null
