-- Purchases of one day are one purchase, net of that day's returns, and a day of returns is none (Fader, Hardie and Lee 2005, "Counting
-- Your Customers the Easy Way"); what was given away is a purchase. What was paid in a currency that nothing converts makes its day a
-- purchase day, net of what was given back in that currency; it is in no spend, and divides none.
with
daily as (
    select
        customer_no,
        day,
        coalesce(sum(purchase_spend), 0) - coalesce(sum(return_spend), 0) as spend
    from profile.days
    where counted_purchases > 0 or counted_returns > 0
    group by customer_no, day
    having sum(counted_purchases) > 0 and (spend > 0 or (spend = 0 and sum(counted_returns) = 0))
    union all
    select distinct customer_no, day, null
    from (
        select customer_no, occurred_date as day, sum(case when trade = 'purchase' then amount else -abs(amount) end) as spend
        from profile.moments
        where rate is null and trade is not null and customer_no is not null and occurred_at <= $as_of
        group by customer_no, occurred_date, currency
        having count(*) filter (where trade = 'purchase') > 0
            and (coalesce(spend, 0) > 0 or (coalesce(spend, 0) = 0 and count(*) filter (where trade = 'return') = 0))
    )
)
select customer_no, day, sum(spend) as spend
from daily
group by customer_no, day
