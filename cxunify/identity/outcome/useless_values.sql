with
told as (
    select key, rule from identity.value_status where status = 'damaged' or starts_with(rule, 'tags') or contains(rule, 'beside it')
)
select f.row_no, null::bigint as trace_id, r.type, t.rule
from identity.record_values as r
join told as t on t.key = r.key
join identity.features as f on f.node = r.node
union all
select null, v.trace_id, v.type, t.rule
from identity.trace_values as v
join told as t on t.key = v.key
