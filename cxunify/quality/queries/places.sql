with big as (
    select location from quality.linkage where location is not null
    group by location order by sum(lines) desc, location limit 40
)
select location, date_trunc('month', week)::date as month, sum(lines)::bigint as lines,
    sum(identified_lines)::bigint as identified_lines
from quality.linkage where location in (from big) and week is not null group by all order by all
