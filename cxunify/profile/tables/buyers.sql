-- One row per customer who ever bought. Purchases of one day are one purchase, net of that day's returns, and a day of returns is
-- none (Fader, Hardie and Lee 2005, "Counting Your Customers the Easy Way"); what was given away is a purchase. Quintiles (Hughes, "Strategic Database Marketing")
-- give equal values equal scores, so that neither ids nor the order of rows decide anything. What was paid in a currency that nothing
-- converts makes its day a purchase day, net of what was given back in that currency; it is in no spend, and divides none.
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
),
bought as (
    select customer_no, day, sum(spend) as spend from daily group by customer_no, day
),
regular as (
    select
        customer_no,
        count(*) as purchase_days,
        min(day) as first_day,
        max(day) as last_day,
        case when count(*) > 1 then list_sort(list(day)) end as days,
        -- A double holds 32.535 as a little less: the billionth makes halves round up, as people round.
        (
            (sum(spend) - arg_min(coalesce(spend, 0), day))
            / nullif(count(spend) - arg_min((spend is not null)::integer, day), 0) + 1e-9
        )::decimal(18, 2) as mean_repeat_spend
    from bought
    group by customer_no
),
scored as (
    select
        customer_no,
        1 + 5 * (rank() over (order by last_purchase_at) - 1) // count(*) over () as rfm_recency,
        1 + 5 * (rank() over (order by purchases) - 1) // count(*) over () as rfm_frequency,
        1 + 5 * (rank() over (order by net_spend) - 1) // count(*) over () as rfm_monetary
    from profile.behaviour
    where purchases > 0
)
select
    s.customer_no,
    r.purchase_days,
    r.first_day,
    r.last_day,
    r.purchase_days - 1 as repeat_purchase_days,
    (r.last_day - r.first_day) / 7 as recency_weeks,
    (
        timezone($timezone, $as_of::timestamp::timestamptz)::date - r.first_day
    ) / 7 as age_weeks,
    r.mean_repeat_spend,
    (r.last_day - r.first_day) / nullif(r.purchase_days - 1, 0) as interpurchase_days,
    list_median(list_transform(range(1, r.purchase_days), lambda place: list_extract(r.days, place + 1) - list_extract(r.days, place))) as median_interpurchase_days,
    s.rfm_recency::tinyint as rfm_recency,
    s.rfm_frequency::tinyint as rfm_frequency,
    s.rfm_monetary::tinyint as rfm_monetary
from scored as s
left join regular as r on r.customer_no = s.customer_no
