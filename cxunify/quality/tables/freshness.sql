-- One row per source: its first and last day, and how many silent days its own rhythm allows (three times the gap between
-- active days that 95 % of them keep to, and at least three days). A lone stray date does not count as the last day.
with
active as (
    select source, day, sum(interactions) as n from quality.daily where day is not null group by all
    union all
    select source, coalesce(updated_at, created_at)::date as day, count(*)
    from staging.records
    where coalesce(updated_at, created_at) is not null and source not in (select source from quality.daily)
    group by all
),
usual as (select source, median(n) as n from active group by source),
days as (
    select a.source, a.day, a.day - lag(a.day) over (partition by a.source order by a.day) as gap
    from active as a
    join usual as u on u.source = a.source
    where a.n >= 0.1 * u.n and a.day <= $as_of::date
)
select
    source,
    min(day) as first_day,
    max(day) as last_day,
    max(day)::timestamp as last_at,
    count(*) as active_days,
    coalesce(quantile_disc(gap, 0.95), 1)::integer as usual_gap_days,
    ($as_of::date - max(day))::integer as silent_days,
    greatest(3, 3 * coalesce(quantile_disc(gap, 0.95), 1))::integer as allowed_days
from days
group by source
order by source
