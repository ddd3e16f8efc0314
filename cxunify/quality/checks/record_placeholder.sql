-- id: record_placeholder
-- dimension: completeness
-- title: {field} filled with a placeholder
-- subject: record
-- of: filled
-- price: lacking
-- weight: field
-- target: 0.995
-- fix: Make {field} optional in {source}{place}, and refuse texts such as "none" or 0000000000 there: forced entry breeds placeholders.
-- why: A placeholder looks like coverage and joins strangers if it is taken for an identifier.
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.cells
where subject = 'record' and status = 'placeholder'
