-- One row per customer who is on a track: since when, where it came from, and what had changed. The ledger's last word of a day that is
-- not later than as_of holds; customers that were merged come from where the last of them was put, what splits off begins anew.
with
said as (
    select
        coalesce(a.now, l.customer_id) as now_id,
        l.*,
        row_number() over (
            partition by coalesce(a.now, l.customer_id) order by l.assigned_at desc, l.run_id desc, l.customer_id
        ) as place
    from ledger.tracks as l
    left join actions.aliases as a on a.customer_id = l.customer_id
    where l.assigned_at <= $as_of
),
logged as (
    select now_id as customer_id, track, previous_track, cause, changed_date, assigned_at
    from said
    where place = 1
),
-- What a run of other tracks had put somewhere has not changed by itself.
rules as (select arg_max(rules, run_id) as rules from ledger.tracks where assigned_at <= $as_of),
moved as (
    select
        t.customer_no, t.customer_id, t.place, t.reasons, k.track,
        k.track is not distinct from l.track as stays,
        l.track as last_track, l.previous_track, l.cause as last_cause, l.changed_date as last_changed, l.assigned_at,
        case
            when l.track is null then null
            when r.rules <> $rules then 'tracks'
            -- Up the list something has come to hold, down the list it has ceased to, or the data bear it no longer.
            when o.place < t.place and o.cause = 'trigger' and not s.is_open then 'data'
            when o.place < t.place then o.cause
            else k.cause
        end as cause,
        coalesce(o.place < t.place, false) as is_over
    from actions.tracked as t
    join actions.tracks as k on k.place = t.place
    left join logged as l on l.customer_id = t.customer_id
    left join (select track, min(place) as place, min(cause) as cause from actions.tracks group by track) as o on o.track = l.track
    cross join rules as r
    cross join (select coalesce(bool_or(is_open), false) as is_open from actions.gate where capability = 'behaviour_triggers') as s
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
