-- id: interaction_repeated
-- dimension: uniqueness
-- title: The same interaction under two ids
-- subject: interaction
-- of: money
-- price: amount
-- weight: 1
-- target: 0.999
-- fix: Let {source} export each interaction once{place}, or name the id that both share as `id`.
-- why: Revenue counts twice.
with
twice as (
    select source, trace_id, occurred_at, kind, amount, currency, location, min(interaction_id) as kept
    from quality.happened
    where kind in ('purchase', 'return') and amount <> 0 and trace_id is not null
    group by all
    having count(*) > 1
)
select
    i.source,
    i.interaction_id as key,
    'interaction_id' as field,
    i.location,
    i.occurred_at,
    coalesce(i.lines, 1) as lines,
    f.revenue as amount,
    a.customer_id
from twice as t
join quality.happened as i
    on i.trace_id = t.trace_id and i.source = t.source and i.occurred_at = t.occurred_at and i.kind = t.kind
    and i.amount = t.amount and i.currency is not distinct from t.currency and i.location is not distinct from t.location
join quality.facts as f on f.row_no = i.row_no
left join identity.trace_assignments as a on a.trace_id = i.trace_id
where i.interaction_id <> t.kept
