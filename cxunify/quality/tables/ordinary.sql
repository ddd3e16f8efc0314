-- One row per source and day with data that is no stray: the week that ends with the day holds at least a seventh of what the
-- week of a typical row holds. A few dates in the future, or of 1970, do not move the ends of a source.
with
days as (
    select source, day, sum(interactions) as n from quality.daily where day is not null group by all
    union all
    select source, timezone($timezone, coalesce(updated_at, created_at)::timestamptz)::date as day, count(*) as n
    from staging.records
    where coalesce(updated_at, created_at) is not null and source not in (select source from quality.daily)
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
where w.week >= t.week / 7
