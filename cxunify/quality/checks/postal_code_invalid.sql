-- id: postal_code_invalid
-- dimension: validity
-- title: Postcodes that cannot be one
-- subject: record
-- of: filled
-- price: customers
-- weight: field
-- target: 0.99
-- fix: Export the postcode of {source} as text{place}: a lost leading zero is a spreadsheet's work.
-- why: The customer's place is wrong, and one fact less tells namesakes apart.
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.cells
where subject = 'record' and field = 'postal_code' and status = 'invalid'
