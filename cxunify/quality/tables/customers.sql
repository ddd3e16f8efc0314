-- One row per customer: what was spent and in which channels the customer was seen. `customer` is a number that stands for the
-- id where many rows are joined or counted. `baseline` counts the interactions of the half year that ended a quarter ago: what
-- a change of behaviour is held against. `asks_email`: a source that asks for it knows the customer.
with
sources as (
    select
        source, min(channel) as channel, bool_or(field = 'email') as asks_email,
        1 << (dense_rank() over (order by min(channel)) - 1)::integer as bit
    from quality.expectations
    group by source
),
records as (
    select
        a.customer_id,
        count(*) as records,
        bit_or(s.bit) as bits,
        coalesce(bool_or(s.asks_email), false) as asks_email,
        coalesce(bool_or(cardinality(r.consent) > 0), false) as has_consent,
        coalesce(bool_or(nullif(r.identifiers['loyalty_id'], '') is not null), false) as has_card,
        min(r.created_at) as created_at
    from identity.assignments as a
    join staging.records as r on r.source = a.source and r.record_id = a.record_id
    join sources as s on s.source = r.source
    group by a.customer_id
),
interactions as (
    select
        f.customer_no,
        bit_or(s.bit) as bits,
        count(*) as interactions,
        sum(revenue) as revenue,
        count(*) filter (
            where occurred_at > $as_of - interval 273 day and occurred_at <= $as_of - interval 91 day
        ) as baseline
    from quality.facts as f
    join sources as s on s.source = f.source
    where f.customer_no is not null
    group by f.customer_no
),
days as (
    select customer_no, occurred_at::date as day, count(*) as purchases
    from quality.facts
    where customer_no is not null and kind = 'purchase' and coalesce(amount, 1) > 0
    group by all
),
purchases as (
    select
        customer_no, count(*) as purchase_days, sum(purchases)::bigint as purchases,
        min(day) as first_purchase_day, max(day) as last_purchase_day
    from days
    group by customer_no
),
seen_interactions as (
    select n.customer_id, i.*, p.purchase_days, p.purchases, p.first_purchase_day, p.last_purchase_day
    from interactions as i
    join profile.numbers as n on n.customer_no = i.customer_no
    left join purchases as p on p.customer_no = i.customer_no
),
joined as (
    select
        customer_id,
        coalesce(r.bits, 0) | coalesce(i.bits, 0) as bits,
        coalesce(r.records, 0) as records,
        coalesce(i.interactions, 0) as interactions,
        coalesce(i.revenue, 0)::decimal(18, 2) as revenue,
        coalesce(i.baseline, 0) as baseline,
        coalesce(r.asks_email, false) as asks_email,
        coalesce(r.has_consent, false) as has_consent,
        coalesce(r.has_card, false) as has_card,
        r.created_at,
        coalesce(i.purchases, 0) as purchases,
        coalesce(i.purchase_days, 0) as purchase_days,
        i.first_purchase_day,
        i.last_purchase_day
    from records as r
    full join seen_interactions as i using (customer_id)
),
seen as (
    select p.bits, list(distinct s.channel order by s.channel) as channels
    from (select distinct bits from joined) as p
    join sources as s on p.bits & s.bit <> 0
    group by p.bits
)
select
    hash(j.customer_id) as customer,
    j.customer_id,
    s.channels,
    j.records,
    j.interactions,
    j.purchases,
    j.purchase_days,
    j.revenue,
    j.first_purchase_day,
    j.last_purchase_day,
    j.created_at,
    j.baseline,
    j.asks_email,
    j.has_consent,
    j.has_card
from joined as j
join seen as s on s.bits = j.bits
