-- One row per source and day with data that is no stray: the week that ends with the day holds at least a seventh of what the
-- week of a typical row holds. Dates that stand for none are no
-- days, and a few in the future do not move the ends of a source. However many there are, none lies after the day on which the extracts
-- were read (or the one asked for), as with profile.clock: what is dated later has not happened, its clock is ahead.
with
seen as (select timezone($timezone, coalesce($as_of::timestamp, max(loaded_at))::timestamptz)::date as until from raw.files),
days as (
    select d.source, d.day, sum(d.interactions) as n
    from quality.daily as d
    left join profile.strays as x on x.source = d.source and x.field = 'occurred_at' and x.year = year(d.day)
    where d.day is not null and x.year is null
    group by all
    union all
    select r.source, timezone($timezone, s.stated_at::timestamptz)::date as day, count(*) as n
    from profile.statements as s
    join staging.records as r on r.row_no = s.row_no
    where s.stated_at is not null and r.source not in (select source from quality.daily)
    group by all
),
weeks as (
    select
        source, day, n,
        sum(n) over (partition by source order by day range between interval 6 day preceding and current row) as week
    from days
),
ranked as (
    select source, week, sum(n) over (partition by source order by week desc, day) as above, sum(n) over (partition by source) as total
    from weeks
),
typical as (select source, max(week) filter (where above >= total / 2) as week from ranked group by source)
select w.source, w.day, w.n
from weeks as w
join typical as t on t.source = w.source
cross join seen as u
where w.week >= t.week / 7 and coalesce(w.day <= u.until, true)
