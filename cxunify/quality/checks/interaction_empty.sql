-- id: interaction_empty
-- dimension: completeness
-- title: Interactions without {field}
-- subject: interaction
-- of: field
-- price: amount
-- weight: field
-- fix: Record {field} in {source}{place}.
-- why: An interaction without it cannot be counted where it belongs.
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.cells
where subject = 'interaction' and status = 'empty'
