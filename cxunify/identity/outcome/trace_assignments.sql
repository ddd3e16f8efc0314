select
    k.trace_id,
    coalesce(k.customer_id, d.customer_id)::varchar as customer_id,
    coalesce(k.identified_by, case when d.customer_id is not null then 'device' end)::varchar as identified_by,
    coalesce(k.confidence, case when d.customer_id is not null then 0.9 end)::double as confidence
from temp.known_traces as k
left join identity.trace_values as t on t.trace_id = k.trace_id and t.type = 'device_id'
left join temp.devices as d on d.device = t.value
order by k.trace_id
