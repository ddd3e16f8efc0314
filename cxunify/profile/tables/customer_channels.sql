-- The channel mix: every channel in which a customer has a record or an interaction.
with
recorded as (
    select n.customer_no, s.channel, count(*) as records
    from identity.assignments as a
    join profile.numbers as n on n.customer_id = a.customer_id
    join profile.sources as s on s.source = a.source
    group by n.customer_no, s.channel
),
active as (
    select
        customer_no,
        channel,
        sum(interactions)::bigint as interactions,
        sum(purchases)::bigint as purchases,
        coalesce(sum(purchase_spend), 0) - coalesce(sum(return_spend), 0) as net_spend,
        min(first_at) as first_at,
        max(last_at) as last_at
    from profile.days
    group by customer_no, channel
),
pressed as (
    select
        customer_no,
        channel,
        count(*) as contacted,
        count(*) filter (where occurred_at > $as_of::timestamp - interval 7 day) as contacted_7d,
        count(*) filter (where occurred_at > $as_of::timestamp - interval 30 day) as contacted_30d,
        count(*) filter (where occurred_at > $as_of::timestamp - interval 90 day) as contacted_90d
    from profile.moments
    where kind = 'contact_out' and customer_no is not null and occurred_at <= $as_of and has_date
    group by customer_no, channel
)
select
    customer_no,
    n.customer_id,
    channel,
    coalesce(r.records, 0) as records,
    coalesce(a.interactions, 0) as interactions,
    coalesce(a.purchases, 0) as purchases,
    coalesce(a.net_spend, 0) as net_spend,
    coalesce(p.contacted, 0) as contacted,
    coalesce(p.contacted_7d, 0) as contacted_7d,
    coalesce(p.contacted_30d, 0) as contacted_30d,
    coalesce(p.contacted_90d, 0) as contacted_90d,
    a.first_at,
    a.last_at
from recorded as r
full join active as a using (customer_no, channel)
left join pressed as p using (customer_no, channel)
join profile.numbers as n using (customer_no)
