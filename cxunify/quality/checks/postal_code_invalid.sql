-- id: postal_code_invalid
-- dimension: validity
-- title: Postcodes that cannot be one
-- subject: record
-- key: row
-- of: filled
-- price: customers
-- weight: field
-- target: 0.99
-- enough: exists (from quality.coverage where subject = 'record' and field = 'postal_code' and filled > 0)
-- lacks: no postal code is filled
-- fix: Export the postcode of {source} as text{place}: a lost leading zero is a spreadsheet's work.
-- why: The customer's place is wrong, and one fact less tells namesakes apart.
select c.source, c.row_no::varchar as key, c.field, c.location, c.occurred_at, c.lines, c.amount, o.customer_id
from quality.cells as c
left join quality.owners as o on o.row_no = c.row_no
where c.subject = 'record' and c.field = 'postal_code' and c.status = 'invalid'
