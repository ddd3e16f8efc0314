-- One row per customer, channel and day with a cart, a checkout or a quote, and what came of it: whether the customer bought within seven
-- days, there or elsewhere. A day counts once, by the furthest step that it reached. Beside it whether the same customer bought elsewhere
-- in the same seven days four weeks before: so many would have come anyway.
with
tries as (
    select
        customer_no, channel, occurred_date as day,
        max(case kind when 'checkout' then 3 when 'quote' then 2 else 1 end) as step,
        max(case when rate is not null then abs(amount) * rate end) as amount
    from profile.moments
    where
        kind in ('cart', 'checkout', 'quote') and customer_no is not null and has_date
        and occurred_at <= $as_of and occurred_date <= $today::date - 7
        and (select is_open from actions.gate where capability = 'lost_sales')
    group by customer_no, channel, occurred_date
),
bought as (
    select customer_no, channel, day, purchase_spend as spend
    from profile.days
    where purchases > 0 and (select is_open from actions.gate where capability = 'lost_sales')
),
followed as (
    select
        t.customer_no, t.channel, t.day, t.step, any_value(t.amount) as amount,
        bool_or(b.channel = t.channel and b.day between t.day and t.day + 1) as is_completed,
        arg_min(
            b.channel, concat(b.day::varchar, case when b.channel = t.channel then '0' else '1' end, b.channel)
        ) filter (where b.day between t.day and t.day + 7) as bought_in,
        min(b.day) filter (where b.day between t.day and t.day + 7) as bought_day,
        bool_or(b.channel <> t.channel and b.day between t.day - 28 and t.day - 21) as bought_before
    from tries as t
    left join bought as b
        on b.customer_no = t.customer_no and b.day between t.day - 28 and t.day + 7
        and (b.day >= t.day or b.day <= t.day - 21)
    group by t.customer_no, t.channel, t.day, t.step
)
select
    f.*,
    case f.step when 3 then 'checkout' when 2 then 'quote' else 'cart' end as step_name,
    case when f.is_completed then 'completed' when f.bought_in is not null then 'recovered' else 'lost' end as outcome,
    b.spend
from followed as f
left join bought as b
    on not f.is_completed and b.customer_no = f.customer_no and b.channel = f.bought_in and b.day = f.bought_day
