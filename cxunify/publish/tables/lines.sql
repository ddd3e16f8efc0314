select
    l.source, l.interaction_id, l.line, n.customer_id, m.occurred_at, m.kind, l.product, l.quantity, l.amount, m.currency,
    l.source_row, case when cardinality(l.properties) > 0 then to_json(l.properties)::varchar end as properties
from staging.lines as l
join staging.interactions as i on i.source = l.source and i.interaction_id = l.interaction_id
join profile.moments as m on m.row_no = i.row_no
left join profile.numbers as n on n.customer_no = m.customer_no
