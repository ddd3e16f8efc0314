-- One row per customer and cause of which the day is known: since when there is a complaint, or an alarm; of who is on a track, the last
-- purchase since it was put there, and the day since when on which consent has changed in the channels that tracks ask about, if it is one.
with
placed as (
    select
        customer_no,
        case when $timezone = 'UTC' then assigned_at::date else timezone($timezone, assigned_at::timestamptz)::date end as since_date
    from temp.logged
),
bought as (
    select
        p.customer_no, p.since_date,
        case
            when $timezone = 'UTC' then b.last_purchase_at::date else timezone($timezone, b.last_purchase_at::timestamptz)::date
        end as day
    from placed as p
    join profile.behaviour as b on b.customer_no = p.customer_no
),
said as (
    select p.customer_no, p.since_date, timezone($timezone, c.stated_at::timestamptz)::date as day
    from placed as p
    join profile.consent as c on c.customer_no = p.customer_no
    where c.channel in ($channels)
)
select customer_no, 'complaint' as cause, min(timezone($timezone, opened_at::timestamptz)::date) as changed_date
from profile.cases
where is_complaint and is_open and customer_no is not null and opened_at <= $as_of
group by customer_no
union all
select customer_no, 'trigger', since_date
from actions.alarmed
where since_date is not null
union all
select customer_no, 'purchase', day
from bought
where day >= since_date and day <= $today::date
union all
select customer_no, 'consent', max(day)
from said
where day >= since_date and day <= $today::date
group by customer_no
having min(day) = max(day)
