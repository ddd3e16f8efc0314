-- One row per year in which a customer's first contract began, months since then and months that it lasted (null: it lasts), and whether
-- it ended within a fortnight of its day in the year: how many customers. A contract that is taken up anew is not counted again.
with
told as (
    select customer_no, kind, occurred_date as day
    from profile.moments
    where
        kind in ('contract_start', 'contract_end') and customer_no is not null and has_date
        and occurred_at <= $as_of and occurred_date < $today
        and (select is_open from actions.gate where capability = 'retention_curve')
),
begun as (
    select customer_no, min(day) as day from told where kind = 'contract_start' group by customer_no
),
stays as (
    select b.customer_no, b.day, min(e.day) as end_day
    from begun as b
    left join told as e on e.customer_no = b.customer_no and e.kind = 'contract_end' and e.day >= b.day
    group by b.customer_no, b.day
)
select
    year(day)::integer as cohort,
    floor(date_diff('day', day, $today::date) / 30.4375)::integer as months,
    case when end_day is not null then greatest(ceil(date_diff('day', day, end_day) / 30.4375), 1)::integer end as stayed,
    coalesce(
        abs(date_diff('day', day, end_day) - 365.25 * greatest(round(date_diff('day', day, end_day) / 365.25), 1)) <= 15, false
    ) as is_anniversary,
    count(*) as n
from stays
group by all
