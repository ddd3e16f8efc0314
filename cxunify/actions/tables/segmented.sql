-- One row per customer, today and a quarter ago: the same rules at two dates, so that moves need no memory. Who did something later
-- for the first time was not known then; of whom nothing is known but a record, nothing says since when.
with
ends as (
    select ago as quarters_ago, $today::date - (ago * 91)::integer as today
    from (select unnest(range(0, 2)) as ago) as quarters
),
first_seen as (
    select
        customer_no,
        case when $timezone = 'UTC' then first_at::date else timezone($timezone, first_at::timestamptz)::date end as first_date
    from profile.behaviour
),
known as (
    select e.quarters_ago, e.today, n.customer_no
    from profile.numbers as n
    left join first_seen as b on b.customer_no = n.customer_no
    cross join ends as e
    where e.quarters_ago = 0 or b.customer_no is null or b.first_date <= e.today
),
fifths as (
    select
        quarters_ago,
        customer_no,
        1 + 5 * (rank() over (partition by quarters_ago order by last_day) - 1) // count(*) over (partition by quarters_ago) as recency
    from temp.histories
    where quarters_ago < 2 and (select count(*) from temp.outlooks) = 0
),
placed as (
    select
        k.quarters_ago,
        k.customer_no,
        o.value_tier,
        o.value_365d,
        case
            when o.customer_no is null and f.customer_no is not null then concat('recency fifth ', f.recency::varchar)
            when o.customer_no is null then 'never bought'
            when o.basis = 'too new' then 'new'
            when o.p_alive < 0.2 then 'gone'
            when o.overdue_days > 0 then 'overdue'
            when o.p_alive < 0.5 then 'slipping'
            else 'active'
        end as rhythm
    from known as k
    left join fifths as f on f.quarters_ago = k.quarters_ago and f.customer_no = k.customer_no
    left join temp.outlooks as o on o.quarters_ago = k.quarters_ago and o.customer_no = k.customer_no
    where (select is_open from actions.gate where capability = 'segmentation')
)
select quarters_ago, customer_no, value_tier, value_365d, rhythm, concat_ws(', ', value_tier, rhythm) as segment
from placed
