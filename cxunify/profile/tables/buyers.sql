-- One row per customer who ever bought. Quintiles (Hughes, "Strategic Database Marketing") give equal values equal scores, so that neither
-- ids nor the order of rows decide anything. A day's spend is unknown where nothing converts its currency, and divides none.
with
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
    from profile.purchase_days
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
    date_diff('day', r.first_day, r.last_day) / 7 as recency_weeks,
    date_diff('day', r.first_day, timezone($timezone, $as_of::timestamp::timestamptz)::date) / 7 as age_weeks,
    r.mean_repeat_spend,
    date_diff('day', r.first_day, r.last_day) / nullif(r.purchase_days - 1, 0) as interpurchase_days,
    list_median(list_transform(range(1, r.purchase_days), lambda place: list_extract(r.days, place + 1) - list_extract(r.days, place))) as median_interpurchase_days,
    s.rfm_recency::tinyint as rfm_recency,
    s.rfm_frequency::tinyint as rfm_frequency,
    s.rfm_monetary::tinyint as rfm_monetary
from scored as s
left join regular as r on r.customer_no = s.customer_no
