select
    v.type, v.value, v.users as records, v.names, v.families, v.sources, count(distinct i.customer_id) as customers,
    'joins nobody' as action, v.rule
from identity.value_status as v
left join identity.identifiers as i on i.type = v.type and i.value = v.value
where v.status <> 'valid'
group by all
order by v.type, v.value
