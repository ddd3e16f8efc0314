-- Which session each web interaction belongs to, and its place in the order of its visitor. A session is named by the row of
-- staging.interactions that it starts with. The extract's own session id wins where there is one and $session_by_source says so,
-- across the extracts of a channel: page views and orders may come apart. Otherwise silence ends a session, and so may midnight and
-- another campaign, as in Universal Analytics.
with
events as (
    select
        i.row_no,
        s.source_no,
        -- Of one instant, rows of one file are in its order; what files are called orders nothing.
        i.source_row,
        -- A short session id, such as Google's second of the start, names a session of its visitor only, or else of its source.
        case
            when i.session is not null and ($session_by_source or t.visitor_no is null)
                then hash(case when length(i.session) >= 20 or t.visitor_no is not null then s.channel else i.source end, i.session)
        end as own,
        case when own is not null and length(i.session) >= 20 then 0 else coalesce(t.visitor_no, 0) end as visitor_no,
        i.occurred_at,
        case when $session_at_midnight then timezone($timezone, i.occurred_at::timestamptz)::date end as day,
        case
            when $session_on_campaign
                then nullif(regexp_extract(i.page, '[?&]utm_source=([^&#]*)', 1) || regexp_extract(i.page, '[?&]utm_campaign=([^&#]*)', 1), '')
        end as campaign
    from staging.interactions as i
    join profile.sources as s on s.source = i.source
    left join profile.traces as t on t.trace_id = i.trace_id
    where s.is_web
        and (i.page is not null or i.session is not null or t.is_device)
        and (t.visitor_no is not null or i.session is not null)
        and i.occurred_at is not null
        and i.kind <> 'held_out'
        and not exists (
            select 1 from profile.strays as x where x.source = i.source and x.field = 'occurred_at' and x.year = year(i.occurred_at)
        )
),
stepped as (
    select
        row_no, source_no, source_row, visitor_no, own, occurred_at,
        lag(occurred_at) over visitor as before_at,
        coalesce(day <> lag(day) over visitor, false) as is_other_day,
        coalesce(campaign <> lag(campaign) over visitor, campaign is not null and $session_on_campaign) as is_other_campaign
    from events
    window visitor as (partition by visitor_no, own order by occurred_at, source_no, source_row, row_no)
)
select
    row_no,
    last_value(
        case
            when before_at is null
                or (own is null and (
                    occurred_at - before_at > to_minutes($session_minutes) or is_other_day or is_other_campaign
                ))
                then row_no
        end ignore nulls
    ) over (partition by visitor_no, own order by occurred_at, source_no, source_row, row_no rows between unbounded preceding and current row) as session_no,
    row_number() over (partition by visitor_no, own order by occurred_at, source_no, source_row, row_no)::integer as position
from stepped
