-- One row per customer, product and day on which it was bought. Of an interaction with several lines, each line says its own.
select distinct m.customer_no, coalesce(l.product, i.product) as product, m.occurred_date as day
from profile.moments as m
join staging.interactions as i on i.row_no = m.row_no
left join staging.lines as l on l.source = i.source and l.interaction_id = i.interaction_id
where
    (select is_open from actions.gate where capability = 'next_product')
    and m.trade = 'purchase' and m.customer_no is not null and m.has_date and m.occurred_at <= $as_of
    and coalesce(l.product, i.product) is not null
