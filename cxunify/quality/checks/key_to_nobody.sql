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
    join identity.foreign_keys as k on k.source = t.person_source and k.record_id = t.person_record_id
    -- What a record has in another spelling is a gap of its own.
    left join quality.near as n on n.trace_id = t.trace_id and n.field = 'person.' || t.person_source
    where k.points_to is null and n.trace_id is null and t.trace_id not in (select trace_id from quality.guests)
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
