-- One row per source of records and day of their creation: the population of checks on records.
select source, coalesce(created_at, updated_at)::date as day, count(*) as records
from staging.records
group by all
