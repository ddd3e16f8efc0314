-- One row per kind, and per place, of a source that has been silent since a day that lies before the source's last: its rows until then,
-- its usual pause, how many rows are missing at its own daily rate, and how many of these came with a date yet to come: a clock that is
-- ahead puts the rows of the silent days after them.
with
told as (
    select source, 'kind' as what, kind as name, day, lines, revenue from quality.daily
    union all
    select source, 'place', location, day, lines, revenue from quality.daily where location is not null
),
days as (
    select *, day - lag(day) over (partition by source, what, name order by day) as gap
    from (
        select source, what, name, day, sum(lines) as lines, sum(revenue) as revenue from told where day <= $today::date group by all
    )
),
until as (
    select
        source, what, name, min(day) as first_day, max(day) as last_day, sum(lines) as lines, sum(revenue) as revenue,
        coalesce(quantile_disc(gap, 0.95), 1) as usual_gap
    from days
    group by source, what, name
),
ahead as (select source, what, name, sum(lines) as lines from told where day > $today::date group by all)
select
    u.source, u.what, u.name, u.first_day, u.last_day, u.revenue, u.usual_gap, f.last_day - u.last_day as days,
    u.lines / (u.last_day - u.first_day + 1) * (f.last_day - u.last_day) as missing, coalesce(a.lines, 0) as came
from until as u
join quality.freshness as f on f.source = u.source
left join ahead as a on a.source = u.source and a.what = u.what and a.name = u.name
where u.last_day < f.last_day
