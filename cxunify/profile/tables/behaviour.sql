-- One row per customer with an interaction: counts and sums over its days.
select
    customer_no,
    sum(interactions)::bigint as interactions,
    min(first_at) as first_at,
    max(last_at) as last_at,
    min({moment: first_at, channel: channel}).channel as first_channel,
    max({moment: last_at, channel: channel}).channel as last_channel,
    sum(purchases)::bigint as purchases,
    sum(returns)::bigint as returns,
    sum(purchase_spend) as purchase_spend,
    sum(return_spend) as return_spend,
    coalesce(sum(purchase_spend), 0) - coalesce(sum(return_spend), 0) as net_spend,
    sum(counted_purchases)::bigint as counted_purchases,
    sum(counted_returns)::bigint as counted_returns,
    sum(other_currency_amounts)::bigint as other_currency_amounts,
    sum(items) as items,
    sum(item_purchases)::bigint as item_purchases,
    min(first_purchase_at) as first_purchase_at,
    max(last_purchase_at) as last_purchase_at,
    coalesce(sum(purchases) filter (where c.is_store), 0)::bigint as store_purchases,
    coalesce(sum(purchases) filter (where c.is_web), 0)::bigint as web_purchases
from profile.days
join profile.channels as c using (channel)
group by customer_no
