-- id: volume_low
-- dimension: volume
-- title: Days on which rows are missing
-- subject: day
-- of: interactions
-- price: amount
-- weight: 1
-- confidence: estimated
-- method: expected from the median level of twelve weeks and the weekday; too few by the tail of a Poisson-gamma count
-- apart: yes
-- enough: exists (from quality.freshness where last_day - first_day >= 55 and source in (select source from quality.daily))
-- lacks: no interactions over eight weeks
-- rows: missing
-- fix: Ask for the missing days of {source}{place} again and load them: an append source takes them at any time. If the doors were closed, say so under `quality.closed`.
-- paste: quality:
--     closed: {closed}
-- why: Customers look as if they had stayed away.
select
    source,
    coalesce(location, '') || ':' || first_day || '..' || last_day as key,
    'rows' as field,
    location,
    first_day::timestamp as occurred_at,
    round(expected - "rows")::integer as lines,
    money::decimal(18, 2) as amount,
    null::varchar as customer_id
from quality.volume
where side = 'low'
