select
    c.row_no, c.trace_id, c.type, c.place, c.value, c.address,
    case when c.is_placeholder then 'placeholder' when c.value is null then 'invalid' else coalesce(v.status, 'valid') end as status
from temp.contacts as c
left join identity.value_status as v on v.key = c.key
