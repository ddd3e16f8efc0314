-- id: volume_high
-- dimension: volume
-- title: Days with far more rows than usual
-- subject: day
-- of: interactions
-- price: amount
-- weight: 0.2
-- confidence: estimated
-- method: expected from the median level of twelve weeks and the weekday; too many by the tail of a Poisson-gamma count
-- apart: yes
-- enough: exists (from quality.freshness where last_day - first_day >= 55 and source in (select source from quality.daily))
-- lacks: no interactions over eight weeks
-- rows: extra
-- fix: Check whether {source}{place} was exported twice on these days, or whether they stand for several.
-- why: Rows that are not there twice in life make spend and frequency wrong.
select
    source,
    coalesce(location, '') || ':' || first_day as key,
    'rows' as field,
    location,
    first_day::timestamp as occurred_at,
    round("rows" - expected)::integer as lines,
    (-money)::decimal(18, 2) as amount,
    null::varchar as customer_id
from quality.volume
where side = 'high'
