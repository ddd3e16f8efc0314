-- One row per customer with an alarm, or one that is taken to last: which signals fall and rise, and since when.
with
told as (
    select n.customer_no, t.direction, t.signal, t.since_date
    from actions.triggers as t
    join profile.numbers as n on n.customer_id = t.customer_id
    union all
    select distinct customer_no, direction, concat(signal, ' (no longer judged)'), null::date
    from temp.presumed
)
select
    customer_no,
    array_to_string(list_sort(list(signal) filter (where direction = 'drop')), ', ') as "drop",
    array_to_string(list_sort(list(signal) filter (where direction = 'rise')), ', ') as rise,
    min(since_date) as since_date
from told
group by customer_no
