-- How far the model is believed, and how far the last quarter, at each quarter's end: the share of the model by which the squared error
-- over the quarter before was least, in steps of a twentieth. The error is a parabola in the share: the step nearest to its lowest
-- point is the best one. A first purchase is none that repeats itself. Sums of decimals are the same in whatever order.
with
known as (
    select quarters_ago - 1 as quarters_ago, 'purchases' as quantity, purchases_91d as model, quarter_repeats as repeated, next_purchases as came
    from temp.expectations
    where quarters_ago > 0
    union all
    select
        quarters_ago - 1 as quarters_ago,
        'spend' as quantity,
        purchases_91d * spend_per_purchase as model,
        quarter_repeat_spend as repeated,
        next_spend as came
    from temp.expectations
    where quarters_ago > 0 and spend_per_purchase is not null
),
summed as (
    select
        quarters_ago,
        quantity,
        count(*) as customers,
        sum(((model - repeated) * (came - repeated))::decimal(38, 6))::double as drawn,
        sum(((model - repeated) * (model - repeated))::decimal(38, 6))::double as apart
    from known
    group by quarters_ago, quantity
)
select
    quarters_ago,
    quantity,
    customers,
    case when apart > 0 then round(20 * greatest(0, least(1, drawn / apart))) / 20 else 1 end as share
from summed
