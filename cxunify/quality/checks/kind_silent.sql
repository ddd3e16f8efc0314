-- id: kind_silent
-- dimension: volume
-- title: No {field} any more, while everything else goes on
-- subject: day
-- of: interactions
-- price: amount
-- weight: 1
-- confidence: estimated
-- method: the kind's own daily rate times its silent days; reported from 30 missing rows and three times its usual pause on
-- enough: exists (from quality.freshness where last_day - first_day >= 55 and source in (select source from quality.daily))
-- lacks: no interactions over eight weeks
-- rows: missing
-- fix: Find out whether {source} still sends {field}: an event renamed by a release, or a filter of the export, looks like this.
-- why: Whoever did it since looks as if they had stopped.
with
daily as (
    select source, kind, day, sum(lines) as lines, sum(revenue) as revenue
    from quality.daily
    where day is not null and kind not in ('other', 'held_out')  -- who is held out follows from the campaigns, not from the source
    group by all
),
days as (select *, day - lag(day) over (partition by source, kind order by day) as gap from daily),
kinds as (
    select
        source, kind, min(day) as first_day, max(day) as last_day, sum(lines) as lines, sum(revenue) as revenue,
        coalesce(quantile_disc(gap, 0.95), 1) as usual_gap
    from days
    group by all
)
select
    k.source,
    k.kind || ':' || k.last_day as key,
    'kind.' || k.kind as field,
    null::varchar as location,
    k.last_day::timestamp as occurred_at,
    round(k.lines / (k.last_day - k.first_day + 1) * (f.last_day - k.last_day))::integer as lines,
    (k.revenue / (k.last_day - k.first_day + 1) * (f.last_day - k.last_day))::decimal(18, 2) as amount,
    null::varchar as customer_id
from kinds as k
join quality.freshness as f on f.source = k.source
where
    k.last_day - k.first_day >= 56
    and f.last_day - k.last_day > greatest(7, 3 * k.usual_gap)
    and k.lines / (k.last_day - k.first_day + 1) * (f.last_day - k.last_day) >= 30
