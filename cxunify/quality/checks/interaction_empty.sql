-- id: interaction_empty
-- dimension: completeness
-- title: Interactions without {field}
-- subject: interaction
-- key: row
-- of: field
-- price: amount
-- weight: field
-- enough: exists (from quality.coverage where subject = 'interaction')
-- lacks: no such field is mapped
-- fix: Record {field} in {source}{place}.
-- why: An interaction without it cannot be counted where it belongs.
select c.source, c.row_no::varchar as key, c.field, c.location, c.occurred_at, c.lines, c.amount, c.customer_id
from quality.cells as c
where c.subject = 'interaction' and c.status = 'empty'
