-- One row per customer: its track, by which channel it is contacted, or what keeps it from that. A contact that costs more than a year of
-- the customer is expected to bring is none, and a channel makes so many contacts only: those of the first tracks, the most valuable first.
with
asked as (
    select
        w.customer_no, k.is_service, k.channel as wanted, c.channel, c.cost, l.last_at, p.value_365d,
        case
            when m.reason = 'open complaint' and k.is_service then
                case
                    when a.arm = 'held_out' then 'held out'
                    when m.free_from_date is null or m.free_from_date > $today::date or m.headroom = 0 then 'cap'
                end
            when m.reason is not null then m.reason
            when not k.is_service and p.value_365d < c.cost then 'costs more than it is worth'
        end as obstacle
    from actions.walks as w
    join actions.tracks as k on k.place = w.place
    join actions.channels as c on k.channel is null or k.channel = c.channel
    join actions.limits as m on m.customer_no = w.customer_no and m.channel = c.channel
    join actions.assignments as a on a.customer_no = w.customer_no
    left join actions.last_acts as l on l.customer_no = w.customer_no and l.channel = c.channel
    left join actions.predictions as p on p.customer_id = w.customer_id
),
way as (
    select
        customer_no,
        min(case when obstacle is null then {ago: coalesce(date_diff('second', last_at, $as_of::timestamp), 1e10), cost: cost, channel: channel} end).channel
            as channel,
        array_to_string(list_sort(list(concat(channel, ': ', obstacle)) filter (where obstacle is not null)), '; ') as obstacles,
        max(value_365d) as value_365d
    from asked
    group by customer_no
),
queued as (
    select
        w.customer_no, y.channel, y.obstacles,
        row_number() over (partition by y.channel order by w.place, y.value_365d desc nulls last, w.customer_no) as turn
    from actions.walks as w
    left join way as y on y.customer_no = w.customer_no
),
decided as (
    select
        q.customer_no,
        case when c.capacity is null or q.turn <= c.capacity then q.channel end as channel,
        case
            when k.channel = 'none' then 'the track asks for no contact'
            when q.channel is null then coalesce(q.obstacles, concat(k.channel, ': no channel of contacts'))
            when q.turn > c.capacity then concat(q.channel, ': capacity')
        end as blocked_by
    from queued as q
    join actions.walks as w on w.customer_no = q.customer_no
    join actions.tracks as k on k.place = w.place
    left join actions.channels as c on c.channel = q.channel
)
select
    w.customer_no,
    w.customer_id,
    w.track,
    case when $timezone = 'UTC' then w.assigned_at::date else timezone($timezone, w.assigned_at::timestamptz)::date end as since_date,
    w.previous_track,
    w.reasons,
    d.channel,
    k.offer,
    a.arm,
    $today::date + k.days::integer as valid_until_date,
    d.blocked_by
from actions.walks as w
join actions.tracks as k on k.place = w.place
join actions.assignments as a on a.customer_no = w.customer_no
join decided as d on d.customer_no = w.customer_no
