-- One row per quarter's end and customer: the history, and what the models alone expect. Spend per purchase lies between what the
-- customer's own purchases brought and what those of all do (Fader and Hardie 2013, note 025).
select
    h.quarters_ago,
    h.customer_no,
    h.first_day,
    h.last_day,
    h.repeats,
    h.recency_days,
    h.age_days,
    h.total_spend,
    h.quarter_purchases,
    h.quarter_spend,
    h.quarter_repeats,
    h.quarter_repeat_spend,
    h.next_purchases,
    h.next_spend,
    f.purchases_91d,
    f.p_purchase_91d,
    case when r.tells_who_left then f.p_alive end as p_alive,
    f.p_purchase_30d,
    f.p_purchase_90d,
    f.purchases_30d,
    f.purchases_90d,
    f.purchases_365d,
    f.discounted_90d,
    f.discounted_365d,
    f.days_to_tenth,
    f.days_to_half,
    f.days_to_nine_tenths,
    f.days_to_return,
    case
        when coalesce(h.mean_repeat_spend, 0) <= 0 then s.p * s.gamma / (s.q - 1)
        else s.p * (s.gamma + h.paid_repeats * h.mean_repeat_spend) / (s.p * h.paid_repeats + s.q - 1)
    end as spend_per_purchase
from temp.histories as h
join actions.forecasts as f
    on f.quarters_ago = h.quarters_ago
    and f.repeats = h.repeats and f.recency_days = h.recency_days and f.age_days = h.age_days
join actions.rhythms as r on r.quarters_ago = h.quarters_ago
left join actions.spends as s on s.quarters_ago = h.quarters_ago and s.is_usable
