-- One row per customer, line of its track, direction and signal whose alarm is taken to last, since nobody can say today whether it does:
-- until the treatment is over that the last run gave which believed such alarms.
select l.customer_no, u.place, u.direction, u.signal, u.believed_date + u.days::integer as until_date
from temp.logged as l
join temp.unjudged as u on u.track = l.track
where case when $timezone = 'UTC' then l.assigned_at::date else timezone($timezone, l.assigned_at::timestamptz)::date end <= u.believed_date
    and u.believed_date + u.days::integer >= $today::date
    and not exists (
        select 1
        from actions.triggers as t
        join actions.asked_alarms as a on a.signal = t.signal and a.direction = t.direction
        where t.customer_id = l.customer_id and a.place = u.place and a.direction = u.direction
    )
