-- One row per check, source, field and (for checks of places) place: what offends, and what stands behind it.
with
kinds as (select unnest($checks) as check_id, unnest($prices) as price, unnest($apart) as apart),
found as (
    select f.*, k.price, case when k.apart then f.location end as place
    from quality.findings as f
    join kinds as k using (check_id)
),
touched as (
    select check_id, source, field, place, price, customer, sum(amount) as amount
    from found
    where customer is not null
    group by all
),
behind as (
    select
        t.check_id, t.source, t.field, t.place,
        count(*) as customers,
        sum(case t.price when 'amount' then t.amount else c.revenue end) as revenue
    from touched as t
    join quality.customers as c on c.customer = t.customer
    left join quality.lacking as l on l.customer = t.customer and l.field = t.field
    where t.price <> 'lacking' or l.customer is not null
    group by all
),
counted as (
    select
        check_id, source, field, place,
        sum(keys) as keys,
        sum(lines) as lines,
        sum(amount) filter (where customer is null and price = 'amount') as nobodys
    from found
    group by all
)
select
    c.check_id, c.source, c.field, c.place,
    c.keys::bigint as keys,
    c.lines::bigint as lines,
    coalesce(b.customers, 0)::bigint as customers,
    (coalesce(b.revenue, 0) + coalesce(c.nobodys, 0))::decimal(18, 2) as revenue
from counted as c
left join behind as b
    on b.check_id = c.check_id and b.source is not distinct from c.source and b.field is not distinct from c.field
    and b.place is not distinct from c.place
order by all
