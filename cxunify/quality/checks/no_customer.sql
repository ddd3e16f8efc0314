-- id: no_customer
-- dimension: linkage
-- title: Interactions that belong to nobody
-- subject: interaction
-- key: row
-- of: owned
-- price: amount
-- weight: 1
-- target: 0.98
-- fix: Ask for a loyalty card, an e-mail or a login in {source}{place}.
-- why: What belongs to nobody is in no history, so every customer looks smaller, newer and less loyal than they are.
select
    f.source,
    f.row_no::varchar as key,
    'customer_id' as field,
    f.location,
    f.occurred_at,
    f.lines,
    f.revenue as amount,
    null::varchar as customer_id
from quality.facts as f
where
    f.customer_no is null
    and (f.kind in (from quality.owned) or f.source not in (from quality.device_sources))
    -- What several customers have is a gap of its own: there it was asked.
    and f.row_no not in (select row_no from quality.useless where rule = 'customers > 1')
