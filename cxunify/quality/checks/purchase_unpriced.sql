-- id: purchase_unpriced
-- dimension: completeness
-- title: Purchases without any amount
-- subject: interaction
-- key: row
-- of: money
-- price: none
-- fix: Map the `amount` of {source}, or another `kind`, if its rows are no purchases.
-- why: What is bought there counts for nothing in revenue, in value and in every forecast.
-- Where an amount is mapped, and empty, `interaction_empty` tells it.
with
unpriced as (
    select source from quality.facts
    where trade is not null and source not in (select source from quality.coverage where subject = 'interaction' and field = 'amount')
    group by source having count(amount) = 0
)
select
    f.source, f.row_no::varchar as key, 'amount' as field, f.location, f.occurred_at, f.lines,
    null::decimal(18, 2) as amount, n.customer_id
from quality.facts as f
left join profile.numbers as n on n.customer_no = f.customer_no
where f.trade is not null and f.source in (select source from unpriced)
