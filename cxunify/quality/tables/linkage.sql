-- One row per source, channel, place and week: how many interactions and how much revenue have a customer.
select
    source,
    channel,
    location,
    date_trunc('week', day)::date as week,
    sum(interactions)::bigint as interactions,
    sum(lines)::bigint as lines,
    coalesce(sum(lines) filter (where identified), 0)::bigint as identified_lines,
    sum(revenue)::decimal(18, 2) as revenue,
    coalesce(sum(revenue) filter (where identified), 0)::decimal(18, 2) as identified_revenue
from quality.daily
group by all
order by all
