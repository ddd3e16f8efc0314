-- One row per customer and need that it stated in a live contact: how often, when, where last, and whether it has bought since.
with
stated as (
    select m.customer_no, i.reason as need, m.channel, m.occurred_at, m.occurred_date
    from profile.moments as m
    join staging.interactions as i on i.row_no = m.row_no
    where
        m.kind = 'contact_in' and m.customer_no is not null and i.reason is not null and m.has_date and m.occurred_at <= $as_of
        and (select is_open from actions.gate where capability = 'need_capture')
),
told as (
    select
        customer_no, need,
        count(*) as times,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at,
        max(occurred_date) as last_date,
        arg_max(channel, concat(occurred_at::varchar, channel)) as last_channel
    from stated
    group by customer_no, need
),
bought as (
    select customer_no, max(day) as last_day from profile.purchase_days where day <= $today group by customer_no
)
select
    n.customer_id, t.need, t.times, t.first_at, t.last_at, t.last_channel, coalesce(b.last_day > t.last_date, false) as has_bought_since
from told as t
join profile.numbers as n on n.customer_no = t.customer_no
left join bought as b on b.customer_no = t.customer_no
