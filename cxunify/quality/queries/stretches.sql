-- One row per stretch of days that a check of days or of whole sources has found: when it was (null: no days of its own), and what
-- was seen there.
select 'volume_' || side as check_id, source, 'rows' as field, location, first_day as first_date, last_day as last_date,
    "rows" || ' rows where ' || round(expected)::bigint || ' were to be expected' as seen
from quality.volume
union all
select 'clock_shifted', source, 'occurred_at', location, first_week, last_week + 6,
    abs(hours) || (case when abs(hours) = 1 then ' hour ' else ' hours ' end)
    || (case when hours > 0 then 'later' else 'earlier' end) || ' than usual'
from quality.clock
union all
select v.check_id, v.source, v.field, v.location, v.day + 1, f.last_day, 'none, where ' || sum(v.lines)::bigint || ' were to be expected'
from quality.findings as v
join quality.freshness as f on f.source = v.source
where v.check_id in ('kind_silent', 'place_silent')
group by all
union all
select 'source_stale', source, 'occurred_at', null, last_day + 1, last_day + silent_days,
    'nothing for ' || silent_days || ' days, of which ' || allowed_days || ' would be in its rhythm'
from quality.freshness
where silent_days > 0
union all
select 'snapshot_shrunk', source, 'rows', null, null, null, loaded || ' rows, ' || before || ' in the file before'
from quality.loads
where path is null
order by all
