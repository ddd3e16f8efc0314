-- Web visits that lead to the store and purchases in the store that lead to the web, within 7 days; only customers who do both.
with
daily as (
    select
        d.customer_no,
        d.day,
        min(d.first_at) filter (where s.is_web) as web_first_at,
        max(d.last_at) filter (where s.is_web) as web_last_at,
        min(d.first_purchase_at) filter (where s.is_store) as store_first_at,
        max(d.last_purchase_at) filter (where s.is_store) as store_last_at
    from profile.days as d
    join profile.channels as s on s.channel = d.channel
    where s.is_web or d.purchases > 0
    group by d.customer_no, d.day
),
both_ways as (
    select customer_no
    from daily
    group by customer_no
    having count(web_first_at) > 0 and count(store_first_at) > 0
),
remembered as (
    select
        d.*,
        max(web_last_at) over earlier as web_before_at,
        max(store_last_at) over earlier as store_before_at
    from daily as d
    semi join both_ways as b on b.customer_no = d.customer_no
    window earlier as (partition by d.customer_no order by d.day rows between unbounded preceding and 1 preceding)
)
select
    customer_no,
    count(*) filter (
        where store_first_at is not null
            and (web_first_at <= store_last_at or web_before_at >= store_first_at - interval 7 day)
    ) as web_then_store_7d,
    count(*) filter (
        where web_first_at is not null
            and (store_first_at <= web_last_at or store_before_at >= web_first_at - interval 7 day)
    ) as store_then_web_7d
from remembered
group by customer_no
