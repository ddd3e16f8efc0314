-- One row per unit (who served, or where) and item: how many were counted in the last 365 days and in the last quarter, how many of
-- them failed. Cases fail that are not closed within seven days; scores fail that are six and less of ten, or as low on a shorter scale.
with
cases as (
    select
        agent, location,
        case when resolved_at is null or hours_to_resolve > 168 then 1 else 0 end as failed,
        timezone($timezone, opened_at::timestamptz)::date as day
    from profile.cases
    where opened_at between $as_of::timestamp - interval 372 day and $as_of::timestamp - interval 7 day
),
-- Of each source its own: two surveys may ask on two scales.
scales as (
    select source, $low as low
    from staging.interactions
    where kind = 'survey' and score is not null
    group by source
),
surveys as (
    select i.agent, m.location, case when i.score <= s.low then 1 else 0 end as failed, m.occurred_date as day
    from profile.moments as m
    join staging.interactions as i on i.row_no = m.row_no
    join scales as s on s.source = i.source
    where
        m.kind = 'survey' and i.score is not null and s.low is not null and m.has_date and m.occurred_at <= $as_of
        and m.occurred_date > $today::date - 365
),
told as (
    select 'agent' as unit_kind, agent as unit, 'case not closed in 7 days' as item, failed, day from cases
    union all
    select 'location', location, 'case not closed in 7 days', failed, day from cases
    union all
    select 'agent', agent, 'low score', failed, day from surveys
    union all
    select 'location', location, 'low score', failed, day from surveys
)
select
    unit_kind, unit, item, count(*) as counted, sum(failed)::bigint as failed,
    count(*) filter (where day > $today::date - 98) as counted_lately,
    coalesce(sum(failed) filter (where day > $today::date - 98), 0)::bigint as failed_lately
from told
where unit is not null and (select is_open from actions.gate where capability = 'coaching')
group by unit_kind, unit, item
