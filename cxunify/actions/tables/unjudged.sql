-- One row per line of tracks, direction and signal that it asks for an alarm of and for which alarms are refused today: the day of the last
-- run that believed them, if there was one. A line is blind in a direction where none of its signals is believed.
with
believed as (
    select signal, direction from actions.trigger_checks where verdict in ('ready', 'unchecked')
),
before as (
    select
        signal, direction,
        max(case when $timezone = 'UTC' then as_of::date else timezone($timezone, as_of::timestamptz)::date end) as believed_date
    from ledger.alarms
    where as_of <= $as_of
    group by signal, direction
),
asked as (
    select
        a.place, a.track, a.days, a.direction, a.signal, o.believed_date, b.signal is not null as is_believed,
        bool_or(b.signal is not null) over (partition by a.place, a.direction) as sees
    from actions.asked_alarms as a
    left join believed as b on b.signal = a.signal and b.direction = a.direction
    left join before as o on o.signal = a.signal and o.direction = a.direction
)
select place, track, days, direction, signal, believed_date, not sees as is_blind
from asked
where not is_believed
