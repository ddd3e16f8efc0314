-- One row per basis of effects, and one over all: what the plan brings and costs, and the most that any plan could.
with
told as (
    select effect_basis as basis, customer_no, offer, cost, value from actions.planned_offers
    union all
    select 'all', customer_no, offer, cost, value from actions.planned_offers
),
summed as (
    select
        basis, count(*) as offers, count(distinct customer_no) as customers,
        sum(cost::decimal(18, 6)) as cost, sum(value::decimal(18, 6)) as value
    from told
    group by basis
),
most as (
    select max(bound) as bound from actions.priced where kind = 'plan'
)
select
    s.basis, s.offers, s.customers, s.cost::decimal(18, 2) as cost, s.value::decimal(18, 2) as value,
    case when s.basis = 'all' then m.bound::decimal(18, 2) end as bound,
    case when s.basis = 'all' and m.bound > 0 then greatest(1 - s.value::double / m.bound, 0) end as gap
from summed as s
cross join most as m
