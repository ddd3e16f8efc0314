-- One row per customer with an alarm: which signals fall and rise, and since when.
select
    n.customer_no,
    array_to_string(list_sort(list(t.signal) filter (where t.direction = 'drop')), ', ') as "drop",
    array_to_string(list_sort(list(t.signal) filter (where t.direction = 'rise')), ', ') as rise,
    min(t.since_date) as since_date
from actions.triggers as t
join profile.numbers as n on n.customer_id = t.customer_id
group by n.customer_no
