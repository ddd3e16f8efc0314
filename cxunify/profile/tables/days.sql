-- What customers did is counted from their days: one hash aggregate over the timeline, which nothing reads per customer again. Money is the company's currency only; amounts in others are counted, not converted.
select
    customer_no,
    channel,
    occurred_date as day,
    count(*) as interactions,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    count(*) filter (where kind = 'purchase') as purchases,
    count(*) filter (where kind = 'return') as returns,
    sum(amount) filter (where kind = 'purchase' and coalesce(currency, $currency) = $currency) as purchase_spend,
    -- A return flows back whatever sign its extract gives it.
    sum(abs(amount)) filter (where kind = 'return' and coalesce(currency, $currency) = $currency) as return_spend,
    count(amount) filter (where kind in ('purchase', 'return') and currency <> $currency) as other_currency_amounts,
    sum(quantity) filter (where kind = 'purchase') as items,
    count(quantity) filter (where kind = 'purchase') as item_purchases,
    min(occurred_at) filter (where kind = 'purchase') as first_purchase_at,
    max(occurred_at) filter (where kind = 'purchase') as last_purchase_at
from profile.moments
where customer_no is not null and occurred_at <= $as_of
group by customer_no, channel, occurred_date
