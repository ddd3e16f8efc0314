-- One row per unit (channel, who served), whether a need was captured, and what it was: live contacts of the last year that are a month
-- old, and after how many of them the customer bought within thirty days.
with
contacts as (
    select m.customer_no, m.channel, i.agent, i.reason as need, m.occurred_date as day, m.row_no
    from profile.moments as m
    join staging.interactions as i on i.row_no = m.row_no
    where
        m.kind = 'contact_in' and m.has_date and m.occurred_at <= $as_of
        and m.occurred_date between $today::date - 395 and $today::date - 31
        and (select is_open from actions.gate where capability = 'need_capture')
),
followed as (
    select c.channel, c.agent, c.need, c.customer_no is not null as is_known, count(b.day) > 0 as has_bought, c.row_no
    from contacts as c
    left join profile.purchase_days as b on b.customer_no = c.customer_no and b.day between c.day + 1 and c.day + 30
    group by c.channel, c.agent, c.need, c.customer_no, c.row_no
),
told as (
    select 'channel' as unit_kind, channel as unit, need, is_known, has_bought from followed
    union all
    select 'agent', agent, need, is_known, has_bought from followed where agent is not null
)
select
    unit_kind, unit, need,
    count(*) as contacts,
    count(*) filter (where is_known) as known,
    count(*) filter (where has_bought) as bought
from told
group by unit_kind, unit, need
