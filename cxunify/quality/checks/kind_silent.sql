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
select
    source,
    name || ':' || last_day as key,
    'kind.' || name as field,
    null::varchar as location,
    last_day::timestamp as occurred_at,
    round(missing - came)::integer as lines,
    (revenue / (last_day - first_day + 1) * days * (1 - came / missing))::decimal(18, 2) as amount,
    null::varchar as customer_id
from quality.silent
where
    what = 'kind' and name not in ('other', 'held_out')  -- who is held out follows from the campaigns, not from the source
    and last_day - first_day >= 56 and days > greatest(7, 3 * usual_gap) and missing - came >= greatest(30, missing / 2)
