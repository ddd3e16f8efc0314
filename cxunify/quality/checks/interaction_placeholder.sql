-- id: interaction_placeholder
-- dimension: completeness
-- title: {field} of interactions filled with a placeholder
-- subject: interaction
-- of: filled
-- price: amount
-- weight: field
-- target: 0.995
-- fix: Refuse placeholders for {field} in {source}{place}.
-- why: A placeholder looks like coverage and says nothing.
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.cells
where subject = 'interaction' and status = 'placeholder'
