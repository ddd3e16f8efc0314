-- The customers at the ends of the quarters that a forecast is held against, in one order: sums come out the same.
select
    quarters_ago, repeats, age_days, age_days - recency_days as silent_days, total_spend, quarter_purchases, quarter_spend, quarter_repeats, quarter_repeat_spend, next_purchases, next_spend,
    purchases_91d, p_purchase_91d, spend_per_purchase
from temp.expectations
where quarters_ago > 0
order by quarters_ago, customer_no
