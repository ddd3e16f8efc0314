-- One row for today and one for a quarter ago: after how many days half of those had come back who had until then.
select
    e.quarters_ago,
    $today::date - (e.quarters_ago * 91)::integer as today,
    round(median(s.second_day - s.first_day))::integer as days
from actions.seconds as s
cross join (values (0), (1)) as e(quarters_ago)
where s.second_day <= $today::date - (e.quarters_ago * 91)::integer
group by e.quarters_ago
