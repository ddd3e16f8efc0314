-- id: phone_invalid
-- dimension: validity
-- title: Phone numbers that cannot be one
-- subject: record
-- of: filled
-- price: lacking
-- weight: field
-- target: 0.98
-- fix: Check the number of digits where {source} takes a phone number{place}.
-- why: Nobody answers there, and the record cannot be joined by it.
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.cells
where subject = 'record' and field = 'phone' and status = 'invalid'
