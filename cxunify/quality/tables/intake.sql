-- One row per source of records and day of their creation: the population of checks on records.
select
    source,
    case when $timezone = 'UTC' then coalesce(created_at, updated_at)::date
        else timezone($timezone, coalesce(created_at, updated_at)::timestamptz)::date end as day,
    count(*) as records
from staging.records
group by all
