-- One row per pattern of purchase days around a complaint: how fast it was resolved, and when; and around days without one, of
-- customers who had bought as long ago and as often in the eight weeks before, to hold it against. Counted are days with a purchase:
-- `before`, in the eight weeks before the last one; `after`, in the eight weeks after the day; `earlier`, in the eight weeks before
-- those that are counted before: there they must be alike.
-- Whoever complains has just bought, so that fewer purchases after than before say nothing: hence the others, who have just bought
-- too. Told is of first complaints, one bad experience, against those who have not complained yet; who will later is not left out, or
-- those who buy much would be.
with
complaints as (
    select customer_no, day, hours, row_number() over (partition by customer_no order by day) as place
    from (
        select
            customer_no,
            timezone($timezone, opened_at::timestamptz)::date as day,
            -- Of several of a day the one that waited longest
            max(coalesce(hours_to_resolve, 1000000)) as hours
        from profile.cases
        where
            is_complaint and customer_no is not null and opened_at <= $as_of
            and (select is_open from actions.gate where capability = 'complaint_effects')
        group by customer_no, timezone($timezone, opened_at::timestamptz)::date
    ) as each_day
),
bought as (
    select customer_no, day, lead(day) over (partition by customer_no order by day) as next_day
    from profile.purchase_days
    where day <= $today and (select is_open from actions.gate where capability = 'complaint_effects')
),
complainers as (
    select
        c.customer_no,
        c.day,
        max(b.day) as bought_day,
        case when c.hours <= 72 then 'fast' when c.hours <= 1344 then 'slow' else 'not' end as resolved
    from complaints as c
    join bought as b on b.customer_no = c.customer_no and b.day between c.day - 27 and c.day
    where
        c.place = 1 and c.day between $today::date - 730 and $today::date - 57
    group by c.customer_no, c.day, c.hours
),
-- Fifty thousand others are enough to know what is usual. Of each purchase one day of the four weeks after it, by lot.
waits as (
    select customer_no, day as bought_day, next_day, day + (hash(customer_no, day) % 28)::integer as day
    from bought
    where customer_no % (select greatest(1, count(*) / 50000)::bigint from profile.buyers) = 0
),
others as (
    select w.customer_no, w.day, w.bought_day, null as resolved
    from waits as w
    where
        w.day between $today::date - 730 and $today::date - 57
        and (w.next_day is null or w.next_day > w.day)
        and not exists (
            select 1 from complaints as c
            where c.customer_no = w.customer_no and c.day <= w.day
        )
),
counts as (
    select
        a.customer_no, a.day, a.bought_day, a.resolved,
        count(b.day) filter (where b.day between a.bought_day - 56 and a.bought_day - 1) as before,
        count(b.day) filter (where b.day between a.day + 1 and a.day + 56) as after,
        count(b.day) filter (where b.day between a.bought_day - 112 and a.bought_day - 57) as earlier
    from (select * from complainers union all select * from others) as a
    join profile.purchase_days as b on b.customer_no = a.customer_no and b.day between a.bought_day - 112 and a.day + 56
    group by a.customer_no, a.day, a.bought_day, a.resolved
)
select
    resolved,
    floor(date_diff('day', day, $today::date) / 28)::integer as period,
    floor(date_diff('day', bought_day, day) / 7)::integer as weeks_since,
    least(before, 12)::integer as before,
    after::integer as after,
    earlier::integer as earlier,
    count(*) as n
from counts
group by all
