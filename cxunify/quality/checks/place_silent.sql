-- id: place_silent
-- dimension: timeliness
-- title: A place that stopped before the others
-- subject: day
-- of: interactions
-- price: amount
-- weight: 1
-- confidence: estimated
-- method: the place's own daily rate times its silent days, less what came with a date yet to come; reported from 30 missing rows on
-- apart: yes
-- enough: exists (from quality.freshness where last_day - first_day >= 55 and source in (select source from quality.daily))
-- lacks: no interactions over eight weeks
-- rows: missing
-- fix: Find out whether the place has closed; if not, its till has stopped sending to {source}.
-- why: Its customers look as if they had left.
with
places as (
    select
        d.source, d.location, min(d.day) as first_day, max(d.day) as last_day, sum(d.lines) as lines, sum(d.revenue) as revenue
    from quality.daily as d
    where d.location is not null and d.day <= $today::date
    group by all
),
-- A clock that is ahead puts the rows of the silent days after them: these are there, and a gap of their own.
ahead as (select source, location, sum(lines) as lines from quality.ahead group by all),
silent as (
    select
        p.*, f.last_day - p.last_day as days, p.lines / (p.last_day - p.first_day + 1) * (f.last_day - p.last_day) as missing,
        coalesce(a.lines, 0) as came
    from places as p
    join quality.freshness as f on f.source = p.source
    left join ahead as a on a.source = p.source and a.location = p.location
    where p.last_day < f.last_day and p.last_day - p.first_day >= 56
)
select
    source,
    location || ':' || last_day as key,
    'occurred_at' as field,
    location,
    last_day::timestamp as occurred_at,
    round(missing - came)::integer as lines,
    (revenue / (last_day - first_day + 1) * days * (1 - came / missing))::decimal(18, 2) as amount,
    null::varchar as customer_id
from silent
where missing - came >= greatest(30, missing / 2)
