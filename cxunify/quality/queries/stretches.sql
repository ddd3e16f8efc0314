-- One row per stretch of days that a check of days has found: when it was, and what was seen there.
select 'volume_' || side as check_id, source, location, first_day as first_date, last_day as last_date,
    "rows" || ' rows where ' || round(expected)::bigint || ' were to be expected' as seen
from quality.volume
union all
select 'clock_shifted', source, location, first_week, last_week + 6, abs(hours) || (case when abs(hours) = 1 then ' hour ' else ' hours ' end)
    || (case when hours > 0 then 'later' else 'earlier' end) || ' than usual'
from quality.clock
order by all
