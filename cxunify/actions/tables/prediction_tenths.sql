-- What the picture of a forecast shows: of each tenth of the customers, those of whom most was expected first, what was expected a quarter
-- ago and what came. Nothing, where no forecast was held against a quarter. Sums of decimals are the same in whatever order.
with
blended as (
    select
        e.customer_no,
        s.share * e.purchases_91d + (1 - s.share) * e.quarter_repeats as predicted,
        e.next_purchases as came
    from temp.expectations as e
    join actions.blends as s on s.quarters_ago = e.quarters_ago and s.quantity = 'purchases'
    where e.quarters_ago = 1
),
placed as (
    select ntile(10) over (order by predicted desc, customer_no) as tenth, predicted, came
    from blended
)
select
    tenth,
    count(*) as customers,
    round(sum(predicted::decimal(38, 6))::double / count(*), 6) as predicted,
    round(sum(came) / count(*), 6) as actual
from placed
group by tenth
