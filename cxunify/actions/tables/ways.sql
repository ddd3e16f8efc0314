-- One row per customer whose track has a channel: those in which it may be contacted, the best first (where it was last active by itself,
-- then the cheapest), and what forbids the others. An answer to what a customer asked for is neither kept back by an open complaint nor by
-- the hold-out, which is there to measure what is sold. A contact that costs more than a year of the customer is expected to bring is none.
with
asked as (
    select
        w.customer_no, c.channel, c.cost, l.last_at,
        case
            when m.reason in ('open complaint', 'held out') and k.is_service then
                case when m.free_from_date is null or m.free_from_date > $today::date or m.headroom = 0 then 'cap' end
            when m.reason is not null then m.reason
            when not k.is_service and p.value_365d < c.cost then 'costs more than it is worth'
        end as obstacle
    from actions.walks as w
    join actions.tracks as k on k.place = w.place
    join actions.channels as c on k.channel is null or k.channel = c.channel
    join actions.limits as m on m.customer_no = w.customer_no and m.channel = c.channel
    left join actions.last_acts as l on l.customer_no = w.customer_no and l.channel = c.channel
    left join actions.predictions as p on p.customer_id = w.customer_id
)
select
    customer_no,
    list_sort(
        list({ago: coalesce(date_diff('second', last_at, $as_of::timestamp), 1e10), cost: cost, channel: channel})
            filter (where obstacle is null)
    ) as choices,
    array_to_string(list_sort(list(concat(channel, ': ', obstacle)) filter (where obstacle is not null)), '; ') as obstacles
from asked
group by customer_no
