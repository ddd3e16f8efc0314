-- One row per source, kind, place, day and whether the customer is known: what most measures of interactions are summed from. Purchases,
-- days and revenue are profile's; unlike there, what has no date or one yet to come is counted too, since checks are about it.
select
    source,
    channel,
    kind,
    location,
    day,
    customer_no is not null as identified,
    count(*) as interactions,
    count(*) filter (where trade = 'purchase') as purchases,
    sum(lines)::bigint as lines,
    coalesce(sum(revenue), 0)::decimal(18, 2) as revenue
from quality.facts
group by all
