-- One row per customer and thing to be done when it comes, three at most; then the same for whoever is in a segment, and for anybody.
-- Who is held out is sold nothing, or nothing could be measured; who complains is answered, and sold nothing either.
with
complaining as (
    select distinct customer_no
    from profile.cases
    where is_complaint and is_open and customer_no is not null and opened_at <= $as_of
),
people as (
    select
        n.customer_no, n.customer_id, s.segment,
        case when c.customer_no is not null then 'open complaint' when a.arm = 'held_out' then 'held out' end as blocked_by
    from profile.numbers as n
    left join actions.assignments as a on a.customer_no = n.customer_no
    left join complaining as c on c.customer_no = n.customer_no
    left join actions.segments as s on s.customer_id = n.customer_id
    where (select is_open from actions.gate where capability = 'best_action')
),
listed as (
    select
        p.customer_no, p.customer_id, p.segment, c.action, c.what, c.value, c.reasons, c.valid_until_date, p.blocked_by,
        row_number() over (partition by p.customer_no order by c.place, c.within, c.what) as place
    from people as p
    left join actions.best_candidates as c on c.customer_no = p.customer_no and (p.blocked_by is null or c.action = 'service')
    where c.customer_no is not null or p.blocked_by is not null
),
best as (
    select * from listed where place <= 3
),
firsts as (
    select segment, action, what, count(*) as customers, min(valid_until_date) as valid_until_date
    from best
    where place = 1 and blocked_by is null and segment is not null
    group by segment, action, what
    union all
    select null, action, what, count(*), min(valid_until_date)
    from best
    where place = 1 and blocked_by is null
    group by action, what
),
sizes as (
    select segment, count(*) as customers from people where segment is not null group by segment
    union all
    select null, count(*) from people
),
general as (
    select
        f.segment, f.action, f.what, f.valid_until_date, f.customers, s.customers as all_customers,
        row_number() over (partition by f.segment order by f.customers desc, f.action, f.what) as place
    from firsts as f
    join sizes as s on s.segment is not distinct from f.segment
)
select
    customer_no, customer_id, segment, place as rank, action, what, round(value, 2) as value, reasons, valid_until_date, blocked_by
from best
union all
select
    null, null, segment, place, action, what, null,
    concat('first for ', customers::varchar, ' of ', all_customers::varchar, ' customers'), valid_until_date, null
from general
where place <= 3
