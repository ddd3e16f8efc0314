-- One row per source and place with rows dated after the day that the report speaks of: how many there are. Where a clock is ahead, the
-- days that these rows belong to look empty; they are not missing, and date_in_future tells of them.
select source, location, sum(lines)::bigint as lines
from quality.daily
where day > $today::date
group by all
