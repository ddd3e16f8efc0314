-- One row per service case. Systems tell its end in three ways: an interaction of kind resolution, a kept column closed_at, or
-- only a status that says closed; the first that is there counts.
with
stated as (
    select
        m.channel, i.case_id, m.customer_no, m.occurred_at, m.kind, i.reason, i.outcome, m.location, i.agent,
        case
            when m.kind = 'resolution' then m.occurred_at
            else coalesce(try_cast(i.properties['closed_at'] as timestamp), try_cast(i.properties['resolved_at'] as timestamp))
        end as closed_at,
        coalesce(regexp_full_match(lower(trim(i.outcome)), '(closed|resolved|solved|done|completed|fixed)\b.*'), false) as says_closed,
        row_number() over (partition by m.channel, i.case_id order by m.occurred_at, m.source, i.interaction_id) as place
    from staging.interactions as i
    join profile.moments as m on m.row_no = i.row_no
    where i.case_id is not null and m.occurred_at <= $as_of and m.has_date and m.kind <> 'held_out'
),
told as (
    select
        channel,
        case_id,
        case when count(distinct customer_no) = 1 then min(customer_no) end as customer_no,
        min(occurred_at) as opened_at,
        max(closed_at) filter (where closed_at <= $as_of) as closed_at,
        max(occurred_at) filter (where kind <> 'resolution') as spoken_at,
        coalesce(arg_max(says_closed, place) filter (where outcome is not null), false) as says_closed,
        bool_or(kind = 'complaint') as is_complaint,
        count(*) filter (where kind = 'contact_in') as contacts,
        arg_min(reason, place) filter (where reason is not null) as reason,
        arg_max(outcome, place) filter (where outcome is not null) as outcome,
        arg_min(location, place) filter (where location is not null) as location,
        arg_min(agent, place) filter (where agent is not null) as agent
    from stated
    group by channel, case_id
),
returned as (
    select r.channel, r.case_id, count(*) as reopened
    from stated as r
    where r.kind = 'resolution' and exists (
        select 1 from stated as l
        where l.channel = r.channel and l.case_id = r.case_id and l.kind <> 'resolution' and l.occurred_at > r.occurred_at
    )
    group by r.channel, r.case_id
),
judged as (
    select
        t.*,
        coalesce(r.reopened, 0) as reopened,
        case
            when closed_at is not null then coalesce(r.reopened, 0) > 0 and spoken_at > closed_at
            else not says_closed
        end as is_open
    from told as t
    left join returned as r using (channel, case_id)
)
select
    j.case_id,
    j.channel,
    j.customer_no,
    n.customer_id,
    j.opened_at,
    case when not j.is_open then j.closed_at end as resolved_at,
    case when not j.is_open then date_diff('second', j.opened_at, j.closed_at) / 3600 end as hours_to_resolve,
    j.is_complaint,
    j.is_open,
    j.contacts,
    j.reopened,
    j.reason,
    j.outcome,
    j.location,
    j.agent
from judged as j
left join profile.numbers as n on n.customer_no = j.customer_no
