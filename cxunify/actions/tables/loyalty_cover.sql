-- One row per value tier, and one over all: who is enrolled, what the programme gave them in a year, and how far value and rewards are
-- concentrated. Value is that of the year to come; where it is refused, what customers have spent. Gini by ranks: 0, all the same; 1, one
-- has it all.
with
given as (
    select
        customer_no,
        count(*) as rewards,
        sum(abs(coalesce(amount, 0)) * coalesce(rate, 0))::decimal(18, 2) as cost
    from profile.moments
    where
        kind = 'redemption' and customer_no is not null and has_date and occurred_at <= $as_of
        and occurred_date > $today::date - 365
        and (select is_open from actions.gate where capability = 'loyalty_cover')
    group by customer_no
),
-- Whoever is in the programme has a card, or a record in its system.
members as (
    select customer_id
    from identity.identifiers
    where
        type = 'loyalty_id' and status in ('valid', 'shared')
        and (select is_open from actions.gate where capability = 'loyalty_cover')
    union
    select n.customer_id
    from profile.customer_channels as c
    join profile.numbers as n on n.customer_no = c.customer_no
    where c.channel = 'loyalty'
),
basis as (
    select count(value_365d) > 0 as is_forecast from actions.predictions
),
buyers as (
    select
        n.customer_id,
        m.customer_id is not null as is_enrolled,
        greatest(case when s.is_forecast then coalesce(p.value_365d, 0) else b.net_spend end, 0)::decimal(18, 2) as value,
        coalesce(g.rewards, 0) as rewards,
        coalesce(g.cost, 0) as cost,
        case when s.is_forecast then 'forecast' else 'spend' end as basis
    from profile.behaviour as b
    join profile.numbers as n on n.customer_no = b.customer_no
    cross join basis as s
    left join members as m on m.customer_id = n.customer_id
    left join actions.predictions as p on p.customer_id = n.customer_id
    left join given as g on g.customer_no = b.customer_no
    where b.purchases > 0 and (select is_open from actions.gate where capability = 'loyalty_cover')
),
ranked as (
    select
        *,
        row_number() over (order by value desc, customer_id) as place,
        row_number() over (order by rewards desc, customer_id) as reward_place,
        count(*) over () as n
    from buyers
),
tiered as (
    select
        *,
        $value_tier as value_tier
    from ranked
),
told as (
    select value_tier, basis, is_enrolled, value, rewards, cost, n, place, reward_place from tiered
    union all
    select 'all', basis, is_enrolled, value, rewards, cost, n, place, reward_place from tiered
),
counted as (
    select
        value_tier,
        min(basis) as basis,
        count(*) as customers,
        count(*) filter (where is_enrolled) as enrolled,
        sum(value) as value,
        coalesce(sum(value) filter (where is_enrolled), 0) as enrolled_value,
        sum(rewards)::bigint as rewards,
        sum(cost) as cost,
        max(n) + 1 - 2 * sum(place * value)::double / nullif(sum(value), 0)::double as value_spread,
        max(n) + 1 - 2 * sum(reward_place * rewards)::double / nullif(sum(rewards), 0)::double as reward_spread
    from told
    group by value_tier
)
select
    c.value_tier, c.basis, c.customers, c.enrolled, c.enrolled / c.customers as enrolled_share, c.value,
    c.value / nullif(a.value, 0) as value_share,
    c.enrolled_value / nullif(c.value, 0) as enrolled_value_share,
    c.rewards, c.cost as reward_cost,
    c.rewards / nullif(a.rewards, 0) as reward_share,
    case when c.value_tier = 'all' then c.value_spread / c.customers end as value_gini,
    case when c.value_tier = 'all' then c.reward_spread / c.customers end as reward_gini
from counted as c
join counted as a on a.value_tier = 'all'
