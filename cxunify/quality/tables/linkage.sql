-- One row per source, channel, place and week: how many interactions and how much revenue have a customer. What is dated after the day
-- that the report speaks of has no week, as what has no date: charts of weeks end where the data does.
select
    source,
    channel,
    location,
    case when day <= $today::date then date_trunc('week', day)::date end as week,
    sum(interactions)::bigint as interactions,
    sum(lines)::bigint as lines,
    coalesce(sum(lines) filter (where identified), 0)::bigint as identified_lines,
    sum(revenue)::decimal(18, 2) as revenue,
    coalesce(sum(revenue) filter (where identified), 0)::decimal(18, 2) as identified_revenue
from quality.daily
group by all
order by all
