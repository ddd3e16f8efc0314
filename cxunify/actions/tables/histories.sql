-- One row per quarter's end and customer who had bought until then: the history that models read, and what came in the quarter behind
-- it. A quarter is 91 days: thirteen whole weeks, so that each has as many of every day of the week. Today is the end of quarter 0.
-- Of repeat spend, the first purchase is no part (Fader and Hardie 2013, note 025): what somebody spends when he comes is not what he
-- spends when he comes back. What was paid in a currency that nothing converts is a purchase of unknown spend. Days are read once, in
-- the quarters in which they lie.
with
quartered as (
    select customer_no, day, spend, least(3, ($today::date - day) // 91) as ago
    from profile.purchase_days
    where (select bool_or(is_open) from actions.gate where capability in ('purchase_anticipation', 'segmentation'))
),
counted as (
    select
        customer_no,
        min(day) as first_day,
        arg_min(coalesce(spend, 0), day) as first_spend,
        arg_min((spend is not null)::integer, day) as first_known,
        max(day) as last_day_0,
        max(day) filter (where ago >= 1) as last_day_1,
        max(day) filter (where ago >= 2) as last_day_2,
        count(*) filter (where ago = 0) as purchases_0,
        count(*) filter (where ago = 1) as purchases_1,
        count(*) filter (where ago = 2) as purchases_2,
        count(*) filter (where ago = 3) as purchases_3,
        coalesce(sum(spend) filter (where ago = 0), 0) as spend_0,
        coalesce(sum(spend) filter (where ago = 1), 0) as spend_1,
        coalesce(sum(spend) filter (where ago = 2), 0) as spend_2,
        coalesce(sum(spend) filter (where ago = 3), 0) as spend_3,
        count(spend) as known_0,
        count(spend) filter (where ago >= 1) as known_1,
        count(spend) filter (where ago >= 2) as known_2
    from quartered
    group by customer_no
),
ends as (
    select
        customer_no, first_day, first_spend, first_known, 0 as quarters_ago, last_day_0 as last_day, known_0 as known,
        purchases_0 + purchases_1 + purchases_2 + purchases_3 as purchases, spend_0 + spend_1 + spend_2 + spend_3 as spend,
        purchases_0 as quarter_purchases, spend_0 as quarter_spend, null as next_purchases, null as next_spend
    from counted
    union all
    select
        customer_no, first_day, first_spend, first_known, 1, last_day_1, known_1,
        purchases_1 + purchases_2 + purchases_3, spend_1 + spend_2 + spend_3, purchases_1, spend_1, purchases_0, spend_0
    from counted
    where last_day_1 is not null
    union all
    select
        customer_no, first_day, first_spend, first_known, 2, last_day_2, known_2,
        purchases_2 + purchases_3, spend_2 + spend_3, purchases_2, spend_2, purchases_1, spend_1
    from counted
    where last_day_2 is not null
),
aged as (
    select *, $today::date - (quarters_ago * 91)::integer - first_day as age_days
    from ends
)
select
    quarters_ago::integer as quarters_ago,
    customer_no,
    first_day,
    last_day,
    (purchases - 1)::integer as repeats,
    (last_day - first_day)::integer as recency_days,
    age_days::integer as age_days,
    spend::double as total_spend,
    (known - first_known)::integer as paid_repeats,
    case when known > first_known then ((spend - first_spend) / (known - first_known))::double end as mean_repeat_spend,
    quarter_purchases::integer as quarter_purchases,
    quarter_spend::double as quarter_spend,
    (quarter_purchases - case when age_days < 91 then 1 else 0 end)::integer as quarter_repeats,
    (quarter_spend - case when age_days < 91 then first_spend else 0 end)::double as quarter_repeat_spend,
    next_purchases::integer as next_purchases,
    next_spend::double as next_spend
from aged
