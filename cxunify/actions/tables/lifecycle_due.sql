-- What is due, and by which channels the customer may be asked.
with
ways as (
    select
        l.customer_no,
        list_sort(list({cost: c.cost, channel: l.channel}) filter (where l.is_eligible)) as open,
        array_to_string(
            list_sort(list(concat(l.channel, ': ', l.reason)) filter (where not l.is_eligible)), '; '
        ) as obstacles
    from actions.limits as l
    join actions.channels as c on c.channel = l.channel
    where
        exists (select 1 from actions.due as d where d.customer_no = l.customer_no)
        and (select is_open from actions.gate where capability = 'contact_orchestration')
    group by l.customer_no
)
select
    d.customer_no, n.customer_id, d.event, d.due_date, d.days, d.since_date,
    array_to_string(list_transform(w.open, lambda way: way.channel), ', ') as channels,
    case
        when w.customer_no is null then 'contact limits are refused'
        when w.open is null then w.obstacles
    end as blocked_by
from actions.due as d
join profile.numbers as n on n.customer_no = d.customer_no
left join ways as w on w.customer_no = d.customer_no
