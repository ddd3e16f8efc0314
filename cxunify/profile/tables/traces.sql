-- Whose each trace is and, on the web, which visitor it stands for: its device where it has one, else its customer, else itself.
select
    t.trace_id,
    n.customer_no,
    case when n.customer_no is not null then a.identified_by end as identified_by,
    case when n.customer_no is not null then a.confidence end as confidence,
    t.identifiers['device_id'] is not null as is_device,
    case
        when not s.is_web then null
        when t.identifiers['device_id'] is not null then 'device:' || t.identifiers['device_id']
        when n.customer_no is not null then 'customer:' || n.customer_id
        else 'trace:' || t.source || ':' || coalesce(t.person_record_id, '') || coalesce(t.identifiers::varchar, '')
    end as visitor,
    hash(visitor) as visitor_no
from staging.traces as t
join profile.sources as s on s.source = t.source
left join identity.trace_assignments as a on a.trace_id = t.trace_id
left join profile.numbers as n on n.customer_id = a.customer_id
