-- id: email_invalid
-- dimension: validity
-- title: E-mail addresses that cannot be one
-- subject: record
-- of: filled
-- price: lacking
-- weight: field
-- target: 0.99
-- fix: Check the shape of an e-mail address where {source} takes it{place}, and send a confirmation.
-- why: Nothing sent there arrives, and the record cannot be joined by it.
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.cells
where subject = 'record' and field = 'email' and status = 'invalid'
