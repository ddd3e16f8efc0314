-- One row per source: its first and last day, and how many silent days its own rhythm allows (three times the gap between
-- active days that 95 % of them keep to, and at least three days; at least thirty where only new records tell).
with
days as (
    select source, day, day - lag(day) over (partition by source order by day) as gap
    from quality.ordinary
    where day <= $today::date
)
select
    source,
    min(day) as first_day,
    max(day) as last_day,
    max(day)::timestamp as last_at,
    count(*) as active_days,
    coalesce(quantile_disc(gap, 0.95), 1)::integer as usual_gap_days,
    ($today::date - max(day))::integer as silent_days,
    greatest(
        case when source in (select source from quality.daily) then 3 else 30 end, 3 * coalesce(quantile_disc(gap, 0.95), 1)
    )::integer as allowed_days
from days
group by source
order by source
