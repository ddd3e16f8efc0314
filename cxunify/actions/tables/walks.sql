-- One row per customer who is on a track: since when, where it came from, and what had changed.
with
-- What a run of other tracks had put somewhere has not changed by itself.
rules as (select arg_max(rules, run_id) as rules from ledger.tracks where assigned_at <= $as_of),
unjudged as (
    select track, bool_or(is_blind) as is_blind, max(believed_date) as believed_date
    from temp.unjudged
    group by track
),
moved as (
    select
        t.customer_no, t.customer_id, t.place, t.reasons, k.track,
        k.track is not distinct from l.track as stays,
        l.track as last_track, l.previous_track, l.cause as last_cause, l.changed_date as last_changed, l.assigned_at,
        case
            when l.track is null then null
            when r.rules <> $rules then 'tracks'
            -- Up the list something has come to hold, down the list it has ceased to, or the data bear it no longer.
            when o.place < t.place and o.cause = 'trigger' and (
                u.is_blind
                or case when $timezone = 'UTC' then l.assigned_at::date else timezone($timezone, l.assigned_at::timestamptz)::date end
                    <= u.believed_date
            ) then 'data'
            when o.place < t.place then o.cause
            else k.cause
        end as cause,
        coalesce(o.place < t.place, false) as is_over
    from actions.tracked as t
    join actions.tracks as k on k.place = t.place
    left join temp.logged as l on l.customer_no = t.customer_no
    left join (select track, min(place) as place, min(cause) as cause from actions.tracks group by track) as o on o.track = l.track
    left join unjudged as u on u.track = l.track
    cross join rules as r
)
select
    m.customer_no,
    m.customer_id,
    m.place,
    m.reasons,
    m.track,
    case when m.stays then m.previous_track else m.last_track end as previous_track,
    case when m.stays then m.last_cause else m.cause end as cause,
    case when m.stays then m.last_changed when not m.is_over then c.changed_date end as changed_date,
    case when m.stays then m.assigned_at else $as_of::timestamp end as assigned_at,
    $rules as rules
from moved as m
left join actions.changed as c on c.customer_no = m.customer_no and c.cause = m.cause
