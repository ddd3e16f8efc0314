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
-- A clock that is ahead leaves days empty whose rows are there, and a gap of their own: they account for the largest stretches first.
ahead as (
    select source, location, sum(lines) as lines from quality.ahead where location is not null group by all
    union all
    select source, null, sum(lines) from quality.ahead group by source
),
low as (
    select
        v.*, expected - "rows" as missing, coalesce(a.lines, 0) as came,
        sum(expected - "rows") over (
            partition by v.source, v.location order by expected - "rows" desc, first_day rows unbounded preceding
        ) as so_far
    from quality.volume as v
    left join ahead as a on a.source = v.source and a.location is not distinct from v.location
    where side = 'low'
)
select
    source,
    coalesce(location, '') || ':' || first_day || '..' || last_day as key,
    'rows' as field,
    location,
    first_day::timestamp as occurred_at,
    round(expected - "rows")::integer as lines,
    money::decimal(18, 2) as amount,
    null::varchar as customer_id
from low
where came - (so_far - missing) < missing / 2
