-- What customers did is counted from their days: one hash aggregate over the timeline, which nothing reads per customer again. Who was
-- held out of a campaign had nothing happen to them. An act is the customer's own: not what the company does, nor what has no name.
select
    customer_no,
    channel,
    occurred_date as day,
    count(*) as interactions,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    count(*) filter (where trade = 'purchase') as purchases,
    count(*) filter (where trade = 'return') as returns,
    sum(revenue) filter (where trade = 'purchase') as purchase_spend,
    -sum(revenue) filter (where trade = 'return') as return_spend,
    count(*) filter (where trade = 'purchase' and rate is not null) as counted_purchases,
    count(*) filter (where trade = 'return' and rate is not null) as counted_returns,
    count(amount) filter (where trade is not null and rate is null) as other_currency_amounts,
    sum(quantity) filter (where trade = 'purchase') as items,
    count(quantity) filter (where trade = 'purchase') as item_purchases,
    min(occurred_at) filter (where trade = 'purchase') as first_purchase_at,
    max(occurred_at) filter (where trade = 'purchase') as last_purchase_at,
    count(*) filter (where session_no is not null or kind = 'visit') as visits,
    count(*) filter (where kind in ('contact_in', 'complaint')) as contacts,
    count(*) filter (where kind not in ('contact_out', 'resolution', 'mystery_shop', 'contract_end', 'other')) as acts
from profile.moments
where customer_no is not null and occurred_at is not null and has_date and kind <> 'held_out'
    and row_no not in (select row_no from profile.ahead)
group by customer_no, channel, occurred_date
