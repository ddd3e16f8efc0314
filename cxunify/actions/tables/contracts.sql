-- One row per customer with a contract that has not ended: since when, and the day on which it is known to end.
with
told as (
    select
        customer_no,
        max(case when kind = 'contract_start' and occurred_at <= $as_of then occurred_date end) as started_date,
        max(case when kind = 'contract_end' and occurred_at <= $as_of then occurred_date end) as ended_date,
        min(case when kind = 'contract_end' and occurred_at > $as_of then occurred_date end) as ends_date
    from profile.moments
    where
        kind in ('contract_start', 'contract_end') and customer_no is not null and has_date
        and (select is_open from actions.gate where capability = 'lifecycle_events')
    group by customer_no
)
select customer_no, started_date, ends_date
from told
where started_date is not null and (ended_date is null or ended_date < started_date)
