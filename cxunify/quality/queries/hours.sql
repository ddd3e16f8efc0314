-- One row per source, place, week and hour of the day in the project's time zone, whose offset is that of the day's noon.
with
days as (select distinct day from quality.facts where day is not null),
offsets as (
    select day, date_diff('minute', day + interval 12 hour, timezone($timezone, (day + interval 12 hour)::timestamptz)) as minutes
    from days
)
select
    f.source,
    f.location,
    date_trunc('week', f.day)::date as week,
    extract(hour from f.occurred_at + to_minutes(o.minutes))::integer as hour,
    count(*) as interactions,
    sum(f.lines)::bigint as lines
from quality.facts as f
join offsets as o on o.day = f.day
where f.occurred_at + to_minutes(o.minutes) <> f.day  -- a day without a time of day says nothing of the clock
group by all
order by all
