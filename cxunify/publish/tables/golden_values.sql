select n.customer_id, c.field, c.rank, c.value, s.source, r.record_id, c.records, c.stated_at
from profile.candidates as c
join profile.numbers as n on n.customer_no = c.customer_no
join profile.sources as s on s.source_no = c.source_no
left join staging.records as r on r.row_no = c.row_no
