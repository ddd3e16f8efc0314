-- id: amount_sign
-- dimension: validity
-- title: Negative purchases in a source that marks its returns
-- subject: interaction
-- of: money
-- price: amount
-- weight: 0.5
-- target: 0.999
-- fix: Map the refunds of {source} to the kind `return`{place}: here they are written as purchases with negative amounts.
-- why: A refund that counts as a purchase makes frequency and basket wrong.
-- paste: sources:
--     {source}:
--       interaction:
--         kind: {column: …, map: {refund: return}}
with
marked as (select distinct source from quality.daily where kind = 'return')
select
    source,
    interaction_id as key,
    'amount' as field,
    location,
    occurred_at,
    lines,
    abs(amount) as amount,
    customer_id
from quality.facts
where
    source in (select source from marked)
    and ((kind = 'purchase' and amount < 0) or (kind = 'return' and amount > 0))
