-- One row per kind of what happened, and channel: of customers' last purchases of the year, before how many it did in the week before, in
-- the week four weeks earlier, and in one of the two alone: each customer is held against itself.
with
cases as (
    select customer_no, max(day) as day
    from profile.purchase_days
    where
        day between $today::date - 365 and $today::date
        and (select is_open from actions.gate where capability = 'won_triggers')
    group by customer_no
),
happened as (
    select
        m.customer_no, m.kind, m.channel,
        max(case when m.occurred_date >= c.day - 7 then 1 else 0 end) as is_before,
        max(case when m.occurred_date <= c.day - 29 then 1 else 0 end) as is_earlier
    from cases as c
    join profile.moments as m on m.customer_no = c.customer_no and m.occurred_date between c.day - 35 and c.day - 1
    where
        m.has_date and m.occurred_at <= $as_of
        and m.kind not in ('purchase', 'return', 'held_out', 'mystery_shop', 'resolution', 'other')
        and (m.occurred_date >= c.day - 7 or m.occurred_date <= c.day - 29)
    group by m.customer_no, m.kind, m.channel
)
select
    kind, channel,
    (select count(*) from cases) as customers,
    sum(is_before)::bigint as before,
    sum(is_earlier)::bigint as earlier,
    count(*) filter (where is_before > is_earlier) as only_before,
    count(*) filter (where is_before < is_earlier) as only_earlier
from happened
group by kind, channel
