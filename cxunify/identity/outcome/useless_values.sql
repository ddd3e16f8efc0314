with
told as (
    select key, rule from identity.value_status where status = 'damaged' or starts_with(rule, 'tags') or starts_with(rule, 'extensions') or contains(rule, 'beside it')
)
select f.row_no, null::bigint as trace_id, r.type, t.rule
from identity.record_values as r
join told as t on t.key = r.key
join identity.features as f on f.node = r.node
union all
select null, v.trace_id, v.type, t.rule
from identity.trace_values as v
join told as t on t.key = v.key
union all
-- What records of several customers have leads to none of them: told where nothing else says whose the interactions are.
select null, v.trace_id, min(v.type), 'customers > 1'
from identity.trace_values as v
join temp.owned_values as o on o.key = v.key and not o.is_one
join identity.trace_assignments as a on a.trace_id = v.trace_id and a.customer_id is null
group by v.trace_id
