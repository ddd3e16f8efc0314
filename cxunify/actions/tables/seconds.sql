-- One row per customer who bought: its first day with a purchase, and its second.
with
days as (
    select customer_no, day, row_number() over (partition by customer_no order by day) as place
    from profile.purchase_days
    where (select is_open from actions.gate where capability = 'lifecycle_events')
)
select
    customer_no,
    min(day) as first_day,
    max(case when place = 2 then day end) as second_day
from days
where place <= 2
group by customer_no
