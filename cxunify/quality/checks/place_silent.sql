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
select
    source,
    name || ':' || last_day as key,
    'occurred_at' as field,
    name as location,
    last_day::timestamp as occurred_at,
    round(missing - came)::integer as lines,
    (revenue / (last_day - first_day + 1) * days * (1 - came / missing))::decimal(18, 2) as amount,
    null::varchar as customer_id
from quality.silent
where what = 'place' and last_day - first_day >= 56 and missing - came >= greatest(30, missing / 2)
