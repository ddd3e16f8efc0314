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
with
-- A source whose clock went ahead has not stopped: what it sent since is there with dates yet to come, a gap of its own.
counted as (
    select source, sum(lines) filter (where day <= $today::date) as before, sum(lines) filter (where day > $today::date) as ahead
    from quality.daily
    group by source
)
select
    f.source,
    f.source as key,
    'occurred_at' as field,
    null::varchar as location,
    f.last_at as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    null::varchar as customer_id
from quality.freshness as f
join counted as c on c.source = f.source
where
    f.silent_days > f.allowed_days
    and coalesce(c.ahead < 0.5 * c.before / (f.last_day - f.first_day + 1) * f.silent_days, true)
