-- id: total_differs
-- dimension: consistency
-- title: Receipts whose lines do not add up to their total
-- subject: interaction
-- of: stated_totals
-- price: amount
-- weight: 1
-- target: 0.995
-- fix: Export all lines of a receipt in {source}{place}, those of discounts and returns too.
-- why: Spend by product and spend by customer are two different truths.
with
stated as (
    select source, interaction_id, amount, try_cast(regexp_replace(properties['total'], '[^0-9.-]', '', 'g') as decimal(18, 2)) as total
    from quality.happened
    where kind in ('purchase', 'return') and amount is not null and properties['total'] is not null
),
-- A total that hardly ever agrees is another measure (with tax, before discounts), not a wrong one.
comparable as (
    select source from stated where total is not null group by source having count_if(abs(amount - total) <= 0.01) >= 0.5 * count(*)
)
select
    i.source,
    i.interaction_id as key,
    'amount' as field,
    i.location,
    i.occurred_at,
    coalesce(i.lines, 1) as lines,
    (abs(s.total - s.amount) * f.rate)::decimal(18, 2) as amount,
    t.customer_id
from stated as s
join quality.happened as i on i.source = s.source and i.interaction_id = s.interaction_id
join quality.facts as f on f.row_no = i.row_no
left join identity.trace_assignments as t on t.trace_id = i.trace_id
where s.source in (from comparable) and abs(s.amount - s.total) > 0.01
