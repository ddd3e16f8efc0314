-- One row per value that joins nobody, with the reason; also what no record has and interactions of several customers carry.
with
torn as (
    select t.type, t.value, count(distinct t.trace_id) as records
    from identity.trace_values as t
    join temp.given_values as g on g.key = t.key
    where g.customer_id is null
    group by t.type, t.value
),
told as (
    select type, value, users as records, names, families, sources, rule from identity.value_status where status <> 'valid'
    union all
    select type, value, records, null, null, null, 'customers > 1' from torn
)
select
    v.type, v.value, v.records, v.names, v.families, v.sources, count(distinct i.customer_id) as customers,
    'joins nobody' as action, v.rule
from told as v
left join identity.identifiers as i on i.type = v.type and i.value = v.value
group by all
order by v.type, v.value
