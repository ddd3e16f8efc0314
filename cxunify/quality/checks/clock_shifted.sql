-- id: clock_shifted
-- dimension: validity
-- title: Times of day that are hours off
-- subject: day
-- of: interactions
-- price: none
-- confidence: estimated
-- method: the hours of the day fit the usual profile far better when all are moved by the same number of hours
-- apart: yes
-- enough: exists (select 1 from quality.daily group by source having sum(interactions) >= 100)
-- lacks: no source of a hundred interactions
-- fix: Set the time zone of {source}, and the clock of the tills{place}, right; then load the period again.
-- why: Sessions, visits before purchases and opening hours are wrong, and events around midnight are on the wrong day.
select
    source,
    coalesce(location, '') || ':' || first_week || '..' || last_week as key,
    'occurred_at' as field,
    location,
    first_week::timestamp as occurred_at,
    "rows"::integer as lines,
    null::decimal(18, 2) as amount,
    null::varchar as customer_id
from quality.clock
