-- One row per kind of contact, reason, channel and place of the last year: contacts of customers, how many of them went badly (a complaint,
-- or of a case that is one, was opened again, or is not closed within seven days), and of those with whom it did, their value: that of the
-- year to come; where it is refused, what they spent in the last.
with
contacts as (
    select m.customer_no, m.kind, m.channel, m.location, m.occurred_at, i.reason, i.case_id
    from profile.moments as m
    join staging.interactions as i on i.row_no = m.row_no
    where
        m.kind in ('contact_in', 'complaint', 'return') and m.customer_no is not null and m.has_date and m.occurred_at <= $as_of
        and m.occurred_date > $today::date - 365
        and (select is_open from actions.gate where capability = 'hotspots')
),
judged as (
    select
        c.customer_no, c.kind, coalesce(c.reason, s.reason) as reason, c.channel, coalesce(c.location, s.location) as location,
        c.kind = 'complaint'
        or coalesce(
            s.is_complaint or s.reopened > 0 or s.hours_to_resolve > 168
            or (s.is_open and s.opened_at < $as_of::timestamp - interval 7 day), false
        ) as is_bad
    from contacts as c
    left join profile.cases as s on s.channel = c.channel and s.case_id = c.case_id
),
basis as (
    select count(value_365d) > 0 as is_forecast from actions.predictions
),
spent as (
    select customer_no, sum(spend) as spend
    from profile.purchase_days
    where day > $today::date - 365 and day <= $today
    group by customer_no
),
worth as (
    select
        n.customer_no,
        greatest(coalesce(case when b.is_forecast then p.value_365d else s.spend end, 0), 0)::decimal(18, 2) as value
    from profile.numbers as n
    cross join basis as b
    left join actions.predictions as p on p.customer_id = n.customer_id
    left join spent as s on s.customer_no = n.customer_no
    where n.customer_no in (select customer_no from judged)
),
counted as (
    select
        kind, reason, channel, location,
        count(*) as contacts,
        count(*) filter (where is_bad) as bad,
        count(distinct customer_no) as customers
    from judged
    group by kind, reason, channel, location
),
people as (
    select kind, reason, channel, location, customer_no, bool_or(is_bad) as is_bad
    from judged
    group by kind, reason, channel, location, customer_no
),
valued as (
    select
        p.kind, p.reason, p.channel, p.location,
        count(*) filter (where p.is_bad) as bad_customers,
        coalesce(sum(w.value) filter (where p.is_bad), 0)::decimal(18, 2) as value
    from people as p
    join worth as w on w.customer_no = p.customer_no
    group by p.kind, p.reason, p.channel, p.location
)
select
    c.kind, c.reason, c.channel, c.location, c.contacts, c.bad, c.customers, v.bad_customers, v.value,
    case when b.is_forecast then 'forecast' else 'spend' end as value_basis
from counted as c
join valued as v
    on v.kind = c.kind and v.reason is not distinct from c.reason and v.channel is not distinct from c.channel
    and v.location is not distinct from c.location
cross join basis as b
