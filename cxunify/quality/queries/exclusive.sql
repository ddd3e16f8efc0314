-- One row per gap: the money that no costlier gap accounts for. A customer's revenue is claimed once, by the costliest gap
-- that touches the customer; what belongs to nobody is claimed once, by the gap that says so.
with
gaps as (
    select unnest($ranks) as rank, unnest($checks) as check_id, unnest($sources) as source, unnest($fields) as field,
        unnest($places) as place, unnest($prices) as price, unnest($nobodys) as nobodys
),
touched as (
    select g.rank, g.price, g.field, f.customer, sum(f.amount) as amount
    from quality.findings as f
    join gaps as g
        on g.check_id = f.check_id and g.source is not distinct from f.source and g.field is not distinct from f.field
        and (g.place is null or g.place is not distinct from f.location)
    where f.customer is not null and g.price <> 'none'
    group by all
),
claims as (
    select
        t.rank, t.customer,
        greatest(0, case t.price when 'amount' then least(t.amount, c.revenue) else c.revenue end) as claim
    from touched as t
    join quality.customers as c on c.customer = t.customer
    left join quality.lacking as l on l.customer = t.customer and l.field = t.field
    where t.price <> 'lacking' or l.customer is not null
),
first as (select customer, min(rank) as rank, arg_min(claim, rank) as claim from claims where claim > 0 group by customer),
nobody as (
    select g.rank, sum(f.amount) as claim
    from quality.findings as f
    join gaps as g
        on g.check_id = f.check_id and g.source is not distinct from f.source and g.field is not distinct from f.field
    where f.customer is null and g.nobodys
    group by all
)
select rank, sum(claim)::decimal(18, 2) as exclusive
from (select rank, claim from first union all select rank, claim from nobody)
group by rank
