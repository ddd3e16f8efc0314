-- id: phone_invalid
-- dimension: validity
-- title: Phone numbers that cannot be one
-- subject: record
-- key: row
-- of: filled
-- price: lacking
-- weight: field
-- target: 0.98
-- enough: exists (from quality.coverage where subject = 'record' and field = 'phone' and filled > 0)
-- lacks: no phone is filled
-- fix: Check the number of digits where {source} takes a phone number{place}; a spreadsheet writes long ones as 6.5E+09, so export them as text.
-- why: Nobody answers there, and the record cannot be joined by it.
select c.source, c.row_no::varchar as key, c.field, c.location, c.occurred_at, c.lines, c.amount, o.customer_id
from quality.cells as c
left join quality.owners as o on o.row_no = c.row_no
where c.subject = 'record' and c.field = 'phone' and c.status = 'invalid'
