-- id: email_invalid
-- dimension: validity
-- title: E-mail addresses that cannot be one
-- subject: record
-- key: row
-- of: filled
-- price: lacking
-- weight: field
-- target: 0.99
-- enough: exists (from quality.coverage where subject = 'record' and field = 'email' and filled > 0)
-- lacks: no email is filled
-- fix: Check the shape of an e-mail address where {source} takes it{place}, and send a confirmation.
-- why: Nothing sent there arrives, and the record cannot be joined by it.
select c.source, c.row_no::varchar as key, c.field, c.location, c.occurred_at, c.lines, c.amount, o.customer_id
from quality.cells as c
left join quality.owners as o on o.row_no = c.row_no
where c.subject = 'record' and c.field = 'email' and c.status = 'invalid'
