-- What customers did is counted from their days: one hash aggregate over the timeline, which nothing reads per customer again. Money
-- is the company's currency only; amounts in others are counted, not converted. Money that flows back is a return, whatever sign or
-- name its extract gives it.
with
done as (
    select *, case when kind = 'purchase' and amount < 0 then 'return' else kind end as deed
    from profile.moments
    where customer_no is not null and occurred_at <= $as_of
)
select
    customer_no,
    channel,
    occurred_date as day,
    count(*) as interactions,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    count(*) filter (where deed = 'purchase') as purchases,
    count(*) filter (where deed = 'return') as returns,
    sum(amount) filter (where deed = 'purchase' and coalesce(currency, $currency) = $currency) as purchase_spend,
    sum(abs(amount)) filter (where deed = 'return' and coalesce(currency, $currency) = $currency) as return_spend,
    count(amount) filter (where deed in ('purchase', 'return') and currency <> $currency) as other_currency_amounts,
    sum(quantity) filter (where deed = 'purchase') as items,
    count(quantity) filter (where deed = 'purchase') as item_purchases,
    min(occurred_at) filter (where deed = 'purchase') as first_purchase_at,
    max(occurred_at) filter (where deed = 'purchase') as last_purchase_at
from done
group by customer_no, channel, occurred_date
