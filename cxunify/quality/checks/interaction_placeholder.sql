-- id: interaction_placeholder
-- dimension: completeness
-- title: {field} of interactions filled with a placeholder
-- subject: interaction
-- key: row
-- of: filled
-- price: amount
-- weight: field
-- target: 0.995
-- enough: exists (from quality.coverage where subject = 'interaction')
-- lacks: no such field is mapped
-- fix: Refuse placeholders for {field} in {source}{place}.
-- why: A placeholder looks like coverage and says nothing.
select c.source, c.row_no::varchar as key, c.field, c.location, c.occurred_at, c.lines, c.amount, c.customer_id
from quality.cells as c
where c.subject = 'interaction' and c.status = 'placeholder'
