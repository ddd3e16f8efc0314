-- Whose each trace is, and which visitor of the web it stands for: its device where it has one, else its customer, else itself.
with
known as (
    select
        t.trace_id,
        n.customer_no,
        case when n.customer_no is not null then a.identified_by end as identified_by,
        case when n.customer_no is not null then a.confidence end as confidence,
        case
            when t.identifiers['device_id'] is not null then 'device:' || t.identifiers['device_id']
            when n.customer_no is not null then 'customer:' || n.customer_id
            else 'trace:' || t.source || ':' || coalesce(t.person_record_id, '') || coalesce(t.identifiers::varchar, '')
        end as visitor,
        t.identifiers['device_id'] is not null as is_device
    from staging.traces as t
    left join identity.trace_assignments as a on a.trace_id = t.trace_id
    left join profile.numbers as n on n.customer_id = a.customer_id
)
select
    trace_id, customer_no, identified_by, confidence, visitor, is_device,
    min(trace_id) over (partition by visitor) as visitor_no
from known
