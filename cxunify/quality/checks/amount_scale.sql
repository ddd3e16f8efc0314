-- id: amount_scale
-- dimension: validity
-- title: Amounts that are a hundredfold or a hundredth of the usual
-- subject: interaction
-- of: money
-- price: amount
-- weight: 1
-- target: 0.9999
-- fix: Check whether {source}{place} writes cents for whole units, or the decimal mark of another country.
-- why: Revenue, baskets and everything priced by them are wrong by a factor.
-- paste: sources:
--     {source}:
--       interaction:
--         amount: {column: …, divide: 100}
with
weeks as (
    select source, location, date_trunc('week', occurred_at) as week, median(abs(amount)) as usual, count(*) as n
    from quality.facts
    where kind in ('purchase', 'return') and amount <> 0
    group by all
),
whole as (select source, median(usual) as usual from weeks where n >= 10 group by source),
odd as (
    select m.source, m.location, m.week, m.usual > w.usual as larger, w.usual
    from weeks as m
    join whole as w on w.source = m.source
    where m.n >= 5 and (m.usual >= 30 * w.usual or m.usual <= w.usual / 30)
)
select
    f.source, f.interaction_id as key, 'amount' as field, f.location, f.occurred_at, f.lines, abs(f.revenue) as amount, f.customer_id
from quality.facts as f
join odd as o
    on o.source = f.source and o.location is not distinct from f.location and o.week = date_trunc('week', f.occurred_at)
where f.kind in ('purchase', 'return') and f.amount <> 0 and (abs(f.amount) > 10 * o.usual) = o.larger
