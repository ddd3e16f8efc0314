-- One row per customer who had bought, today and a quarter ago: what is expected. The first 90 days are blended, what follows is the
-- model's own, so that a longer time never brings less than a shorter one. The last quarter has 91 days.
with
shares as (
    select
        quarters_ago,
        max(share) filter (where quantity = 'purchases') as of_purchases,
        max(share) filter (where quantity = 'spend') as of_spend
    from actions.blends
    group by quarters_ago
),
weighed as (
    select
        e.*,
        coalesce(s.of_purchases, 1) as of_purchases,
        coalesce(s.of_spend, 1) as of_spend,
        case when e.age_days < 91 then 'too new' when s.quarters_ago is not null then 'blend' else 'model' end as basis
    from temp.expectations as e
    left join shares as s on s.quarters_ago = e.quarters_ago
    where e.quarters_ago < 2
),
expected as (
    select
        w.*,
        w.of_purchases * w.purchases_30d + (1 - w.of_purchases) * w.quarter_repeats * 30 / 91 as blended_30d,
        w.of_purchases * w.purchases_90d + (1 - w.of_purchases) * w.quarter_repeats * 90 / 91 as blended_90d,
        w.of_spend * w.discounted_90d * w.spend_per_purchase
        + (1 - w.of_spend) * w.quarter_repeat_spend * 90 / 91 * case when w.purchases_90d > 0 then w.discounted_90d / w.purchases_90d else 1 end
            as worth_90d,
        (w.discounted_365d - w.discounted_90d) * w.spend_per_purchase as worth_later
    from weighed as w
),
valued as (
    select
        e.*,
        -- A double holds 32.535 as a little less: the billionth makes halves round up, as people round.
        (e.worth_90d * $margin + 1e-9)::decimal(18, 2) as value_90d,
        ((e.worth_90d + e.worth_later) * $margin + 1e-9)::decimal(18, 2) as value_365d
    from expected as e
),
-- Few columns go through the sort.
places as (
    select
        v.quarters_ago, v.customer_no,
        row_number() over (partition by v.quarters_ago order by v.value_365d desc, n.customer_id) as value_rank
    from valued as v
    join profile.numbers as n on n.customer_no = v.customer_no
    where v.value_365d is not null
),
ranked as (
    select
        v.*,
        p.value_rank,
        r.customers,
        -- Days of silence beyond those after which nine of ten who come back are back.
        v.age_days - v.recency_days - v.days_to_return as days_over,
        $today::date - (v.quarters_ago * 91)::integer as today
    from valued as v
    join actions.rhythms as r on r.quarters_ago = v.quarters_ago
    left join places as p on p.quarters_ago = v.quarters_ago and p.customer_no = v.customer_no
)
select
    quarters_ago,
    customer_no,
    first_day,
    last_day,
    today,
    round(p_alive, 6) as p_alive,
    round(p_purchase_30d, 6) as p_purchase_30d,
    round(p_purchase_90d, 6) as p_purchase_90d,
    round(blended_30d, 6) as expected_purchases_30d,
    round(blended_90d, 6) as expected_purchases_90d,
    round(blended_90d + purchases_365d - purchases_90d, 6) as expected_purchases_365d,
    today + ceil(days_to_half)::integer as next_purchase_date,
    today + ceil(days_to_tenth)::integer as next_purchase_from_date,
    today + ceil(days_to_nine_tenths)::integer as next_purchase_until_date,
    (spend_per_purchase + 1e-9)::decimal(18, 2) as expected_spend,
    value_90d,
    value_365d,
    value_rank::integer as value_rank,
    case when value_rank is not null then $value_tier end as value_tier,
    case when days_over >= 1 then floor(days_over)::integer else 0 end as overdue_days,
    basis
from ranked
