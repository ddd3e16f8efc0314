-- id: records_stale
-- dimension: timeliness
-- title: People of whom nothing new is written
-- subject: source
-- of: sources
-- price: none
-- enough: (select count(*) > 1 from quality.freshness)
-- lacks: no second source with dates
-- fix: See whether the newest export of {source} was loaded, and whether its dates of making and change (`created_at`, `updated_at`) are mapped; where nobody was added or changed since, nothing is wrong.
-- why: Whoever came, moved or withdrew consent since its last date may be missing from it, or be in it as they were.
with
-- Where others name its records by their ids, and find all of them long after its last date, nobody who is needed is missing.
named as (
    select t.person_source as source, count(*) as n, count(k.points_to) as there
    from staging.traces as t
    join quality.freshness as f on f.source = t.person_source
    join identity.foreign_keys as k on k.source = t.person_source and k.record_id = t.person_record_id
    where t.last_at > f.last_at + interval 1 day and t.trace_id not in (select trace_id from quality.guests)
    group by t.person_source
)
select
    f.source,
    f.source as key,
    'updated_at' as field,
    null::varchar as location,
    f.last_at as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    null::varchar as customer_id
from quality.freshness as f
left join named as n on n.source = f.source
where
    f.silent_days > f.allowed_days and f.source not in (select source from quality.daily)
    and coalesce(n.there < 0.99 * n.n, true)
