-- One row per source, kind, place, day and whether the customer is known: what most measures of interactions are summed from.
select
    source,
    channel,
    kind,
    location,
    occurred_at::date as day,
    customer_no is not null as identified,
    count(*) as interactions,
    sum(lines)::bigint as lines,
    coalesce(sum(revenue), 0)::decimal(18, 2) as revenue
from quality.facts
group by all
