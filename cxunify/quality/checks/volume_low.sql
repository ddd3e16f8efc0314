-- id: volume_low
-- dimension: volume
-- title: Days on which rows are missing
-- subject: day
-- of: interactions
-- price: amount
-- weight: 1
-- confidence: estimated
-- method: expected from the median level of twelve weeks and the weekday; too few by the tail of a Poisson-gamma count, and not there with a date yet to come
-- apart: yes
-- enough: exists (from quality.freshness where last_day - first_day >= 55 and source in (select source from quality.daily))
-- lacks: no interactions over eight weeks
-- rows: missing
-- fix: Ask for the missing days of {source}{place} again and load them: an append source takes them at any time. If the doors were closed, say so under `quality.closed`.
-- paste: quality:
--     closed: {closed}
-- why: Customers look as if they had stayed away.
with
-- A clock that is ahead leaves days empty whose rows are there, and a gap of their own: those since the place's last day or, where
-- these do not account for most of what came, those of its largest stretch too. A stretch is left out where at least half of what it
-- lacks is lacking at such places.
clocks as (
    select
        a.source, a.location, any_value(a.lines) as came, max(d.day) as last_day, sum(d.lines) / (max(d.day) - min(d.day) + 1) as rate
    from quality.ahead as a
    join quality.daily as d on d.source = a.source and d.location is not distinct from a.location and d.day <= $today::date
    group by a.source, a.location
),
low as (
    select
        *, expected - "rows" as missing, last_day - first_day + 1 as days,
        row_number() over (partition by source, location order by expected - "rows" desc, first_day) as nth
    from quality.volume
    where side = 'low'
),
lacks as (
    select
        v.source, v.location, v.first_day,
        any_value(case
            when v.last_day > c.last_day then c.came
            when v.nth = 1 and c.rate * ($today::date - c.last_day) < c.came / 2 then c.came - c.rate * ($today::date - c.last_day)
            else 0
        end) as spare,
        any_value(c.rate * v.days) - coalesce(sum(d.lines), 0) as lines
    from low as v
    join clocks as c on c.source = v.source and (v.location is null or c.location = v.location)
    left join quality.daily as d
        on d.source = c.source and d.location is not distinct from c.location and d.day between v.first_day and v.last_day
    group by v.source, v.location, v.first_day, c.location
),
there as (
    select source, location, first_day, sum(greatest(0, least(lines, spare))) as lines
    from lacks
    group by all
)
select
    v.source,
    coalesce(v.location, '') || ':' || v.first_day || '..' || v.last_day as key,
    'rows' as field,
    v.location,
    v.first_day::timestamp as occurred_at,
    round(missing)::integer as lines,
    money::decimal(18, 2) as amount,
    null::varchar as customer_id
from low as v
left join there as t on t.source = v.source and t.location is not distinct from v.location and t.first_day = v.first_day
where coalesce(t.lines, 0) < missing / 2
