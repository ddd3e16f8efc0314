-- One row per unit (who served, where, by which channel), whose view it is (customers' answers, observers' shops), source, and score: how
-- many of the last year. Beside it the least and the greatest score that the source ever gave, by which its scale is known.
with
scored as (
    select
        m.kind, m.source, i.score::double as score, i.agent, m.location, m.channel,
        m.occurred_date > $today::date - 365 as is_late
    from profile.moments as m
    join staging.interactions as i on i.row_no = m.row_no
    where
        m.kind in ('survey', 'mystery_shop') and i.score is not null and m.has_date and m.occurred_at <= $as_of
        and (select bool_or(is_open) from actions.gate where capability in ('voice', 'voice_calibration'))
),
scales as (
    select kind, source, min(score) as least, max(score) as greatest from scored group by kind, source
),
told as (
    select 'agent' as unit_kind, agent as unit, kind, source, score from scored where is_late
    union all
    select 'location', location, kind, source, score from scored where is_late
    union all
    select 'channel', channel, kind, source, score from scored where is_late
)
select t.unit_kind, t.unit, t.kind, t.source, t.score, s.least, s.greatest, count(*) as n
from told as t
join scales as s on s.kind = t.kind and s.source = t.source
where t.unit is not null
group by all
