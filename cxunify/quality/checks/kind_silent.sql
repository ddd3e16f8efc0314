-- id: kind_silent
-- dimension: volume
-- title: No {field} any more, while everything else goes on
-- subject: day
-- of: interactions
-- price: amount
-- weight: 1
-- confidence: estimated
-- method: the kind's own daily rate times its silent days, less what came with a date yet to come; reported from 30 missing rows and three times its usual pause on
-- enough: exists (from quality.freshness where last_day - first_day >= 55 and source in (select source from quality.daily))
-- lacks: no interactions over eight weeks
-- rows: missing
-- fix: Find out whether {source} still sends {field}: an event renamed by a release, or a filter of the export, looks like this.
-- why: Whoever did it since looks as if they had stopped.
with
daily as (
    select source, kind, day, sum(lines) as lines, sum(revenue) as revenue
    from quality.daily
    where day <= $today::date and kind not in ('other', 'held_out')  -- who is held out follows from the campaigns, not from the source
    group by all
),
days as (select *, day - lag(day) over (partition by source, kind order by day) as gap from daily),
kinds as (
    select
        source, kind, min(day) as first_day, max(day) as last_day, sum(lines) as lines, sum(revenue) as revenue,
        coalesce(quantile_disc(gap, 0.95), 1) as usual_gap
    from days
    group by all
),
-- A clock that is ahead puts the rows of the silent days after them: these are there, and a gap of their own.
ahead as (select source, kind, sum(lines) as lines from quality.ahead group by all),
silent as (
    select
        k.*, f.last_day - k.last_day as days, k.lines / (k.last_day - k.first_day + 1) * (f.last_day - k.last_day) as missing,
        coalesce(a.lines, 0) as came
    from kinds as k
    join quality.freshness as f on f.source = k.source
    left join ahead as a on a.source = k.source and a.kind = k.kind
    where k.last_day - k.first_day >= 56 and f.last_day - k.last_day > greatest(7, 3 * k.usual_gap)
)
select
    source,
    kind || ':' || last_day as key,
    'kind.' || kind as field,
    null::varchar as location,
    last_day::timestamp as occurred_at,
    round(missing - came)::integer as lines,
    (revenue / (last_day - first_day + 1) * days * (1 - came / missing))::decimal(18, 2) as amount,
    null::varchar as customer_id
from silent
where missing - came >= greatest(30, missing / 2)
