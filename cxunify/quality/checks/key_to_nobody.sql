-- id: key_to_nobody
-- dimension: consistency
-- title: Foreign keys that point to no record
-- subject: interaction
-- of: keys
-- price: amount
-- weight: 0.8
-- target: 0.998
-- fix: Export all customers that {source} names{place}, with those merged or deleted; then the keys lead somewhere.
-- why: The interaction names its customer, and the customer is not there.
with
orphans as (
    select t.trace_id, t.person_source
    from staging.traces as t
    left join staging.records as r on r.source = t.person_source and r.record_id = t.person_record_id
    where t.person_record_id is not null and r.record_id is null and t.trace_id not in (select trace_id from quality.guests)
)
select
    i.source,
    i.interaction_id as key,
    'person.' || o.person_source as field,
    i.location,
    i.occurred_at,
    f.lines,
    f.revenue as amount,
    a.customer_id
from orphans as o
join quality.happened as i on i.trace_id = o.trace_id
join quality.facts as f on f.row_no = i.row_no
left join identity.trace_assignments as a on a.trace_id = o.trace_id
