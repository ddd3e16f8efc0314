-- id: source_stale
-- dimension: timeliness
-- title: A source that stopped before the others
-- subject: source
-- of: sources
-- price: none
-- enough: (select count(*) > 1 from quality.freshness)
-- lacks: no second source with dates
-- fix: Find out why {source} sends nothing any more: an export job that fails, a full disk, a changed password.
-- why: Everything after its last row is missing from every profile.
select
    source,
    source as key,
    'occurred_at' as field,
    null::varchar as location,
    last_at as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    null::varchar as customer_id
from quality.freshness
where silent_days > allowed_days and source in (select source from quality.daily)
