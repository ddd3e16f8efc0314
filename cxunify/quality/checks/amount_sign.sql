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
select source, row_no::varchar as key, 'amount' as field, location, occurred_at, lines, abs(revenue) as amount, customer_id
from quality.events
where
    source in (select source from quality.daily where kind = 'return')
    and ((kind = 'purchase' and amount < 0) or (kind = 'return' and amount > 0))
