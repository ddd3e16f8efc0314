with
uses as (
    select c.customer_id, r.key, r.type, r.value, f.created_at as first_at, f.stated_at as last_at, 1 as records
    from identity.record_values as r
    join identity.owners as c using (node)
    join identity.features as f using (node)
    union all
    select a.customer_id, t.key, t.type, t.value, s.first_at, s.last_at, 1
    from identity.trace_values as t
    join identity.trace_assignments as a using (trace_id)
    join staging.traces as s using (trace_id)
    where a.customer_id is not null
),
statuses as (
    select key, status from identity.value_status
    union all
    select key, 'shared' from temp.given_values where customer_id is null
)
select
    u.customer_id, u.type, u.value,
    min(coalesce(u.first_at, u.last_at)) as first_seen_at, max(coalesce(u.last_at, u.first_at)) as last_seen_at,
    sum(u.records)::bigint as records, coalesce(any_value(v.status), 'valid') as status
from uses as u
left join statuses as v on v.key = u.key
group by u.customer_id, u.type, u.value
