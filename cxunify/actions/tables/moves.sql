-- Counts of what lies between a change and the next track, by where a customer was: moves of the last 91 days, and customers who complain
-- or alarm and are still where they were (no `to_track`). Purchases and consent ask for no answer by themselves: for these nobody waits.
with
made as (
    select customer_id, previous_track, track, cause, changed_date, assigned_at from ledger.tracks
    union all
    select w.customer_id, w.previous_track, w.track, w.cause, w.changed_date, w.assigned_at
    from actions.walks as w
    left join ledger.walks as l on l.customer_id = w.customer_id
    where l.track is distinct from w.track
),
moves as (
    select
        previous_track as from_track, track as to_track, cause,
        date_diff('day', changed_date, timezone($timezone, assigned_at::timestamptz)::date) as days
    from made
    where previous_track is not null and assigned_at <= $as_of and assigned_at > $as_of::timestamp - interval 91 day
),
waiting as (
    select w.track as from_track, null as to_track, c.cause, date_diff('day', c.changed_date, $today::date) as days
    from actions.changed as c
    join actions.walks as w on w.customer_no = c.customer_no
    join actions.tracks as k on k.place = w.place
    where k.cause <> c.cause and c.cause in ('complaint', 'trigger')
)
select from_track, to_track, cause, days, count(*) as customers
from (select * from moves union all select * from waiting) as counted
group by all
order by all
