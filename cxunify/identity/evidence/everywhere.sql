with
busy as (
    select v.key
    from identity.trace_values as v
    join staging.traces as t using (trace_id)
    where v.type <> 'device_id' and not v.is_placeholder
    group by v.key
    having sum(t.interactions) >= $fewest_interactions
),
days as (
    select v.key, v.type, v.value, i.occurred_at::date as day, count(distinct i.location) as places
    from staging.interactions as i
    join (select * from identity.trace_values semi join busy using (key)) as v on v.trace_id = i.trace_id
    where i.location is not null
    group by all
)
select key, any_value(type) as type, any_value(value) as value, max(places) as places
from days
group by key
having max(places) > $most_places
