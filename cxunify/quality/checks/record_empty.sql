-- id: record_empty
-- dimension: completeness
-- title: Records without {field}
-- subject: record
-- of: field
-- price: lacking
-- weight: field
-- fix: Ask for {field} in {source}{place}; until then fill it from the sources that have it.
-- why: Whoever cannot be reached, told apart or placed is left out of every treatment that needs it.
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.cells
where subject = 'record' and status = 'empty'
