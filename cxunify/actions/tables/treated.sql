-- One row per customer: its track, by which channel it is contacted, or what keeps it from that. Whose best channel has no room left goes by
-- the next one that may be used.
with
presumed as (
    select customer_no, place, min(until_date) as until_date from temp.presumed group by customer_no, place
)
select
    w.customer_no,
    w.customer_id,
    w.track,
    case when $timezone = 'UTC' then w.assigned_at::date else timezone($timezone, w.assigned_at::timestamptz)::date end as since_date,
    w.previous_track,
    w.reasons,
    case when o.customer_no is null then y.choices[1].channel else o.channel end as channel,
    o.passed_over,
    k.offer,
    a.arm,
    coalesce(s.until_date, $today::date + k.days::integer) as valid_until_date,
    case
        when k.channel = 'none' then 'the track asks for no contact'
        when y.customer_no is null then concat(k.channel, ': no channel of contacts')
        when o.passed_over is not null and o.channel is null then
            concat_ws('; ', nullif(y.obstacles, ''), concat(replace(o.passed_over, ', ', ': capacity; '), ': capacity'))
        when y.choices is null then y.obstacles
    end as blocked_by
from actions.walks as w
join actions.tracks as k on k.place = w.place
join actions.assignments as a on a.customer_no = w.customer_no
left join actions.ways as y on y.customer_no = w.customer_no
left join actions.allotted as o on o.customer_no = w.customer_no
left join presumed as s on s.customer_no = w.customer_no and s.place = w.place
