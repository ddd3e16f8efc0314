-- One row per source, place, week and hour of the day in the project's time zone.
with offsets as (select unnest($days) as day, unnest($minutes) as minutes)
select
    f.source,
    f.location,
    date_trunc('week', f.day)::date as week,
    extract(hour from f.occurred_at + to_minutes(o.minutes))::integer as hour,
    count(*) as interactions,
    sum(f.lines)::bigint as lines
from quality.facts as f
join offsets as o on o.day = f.day
where f.occurred_at <> date_trunc('day', f.occurred_at)
group by all
order by all
