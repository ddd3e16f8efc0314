-- id: amount_sign
-- dimension: validity
-- title: Negative purchases in a source that marks its returns
-- subject: interaction
-- key: row
-- of: money
-- price: amount
-- weight: 0.5
-- target: 0.999
-- enough: exists (from quality.daily where kind = 'return')
-- lacks: no returns
-- fix: Map the refunds of {source} to the kind `return`{place}: here they are written as purchases with negative amounts.
-- why: A refund that counts as a purchase makes frequency and basket wrong.
-- paste: sources:
--     {source}:
--       interaction:
--         kind: {kind|map={"refund": "return"}}
with
marked as (select distinct source from quality.daily where kind = 'return')
select
    f.source,
    f.row_no::varchar as key,
    'amount' as field,
    f.location,
    f.occurred_at,
    f.lines,
    abs(f.revenue) as amount,
    n.customer_id
from quality.facts as f
left join profile.numbers as n on n.customer_no = f.customer_no
where
    f.source in (select source from marked)
    and ((f.kind = 'purchase' and f.amount < 0) or (f.kind = 'return' and f.amount > 0))
