-- id: record_empty
-- dimension: completeness
-- title: Records without {field}
-- subject: record
-- key: row
-- of: field
-- price: lacking
-- weight: field
-- enough: exists (from quality.coverage where subject = 'record')
-- lacks: no such field is mapped
-- fix: Ask for {field} in {source}{place}; until then fill it from the sources that have it.
-- why: Whoever cannot be reached, told apart or placed is left out of every treatment that needs it.
select c.source, c.row_no::varchar as key, c.field, c.location, c.occurred_at, c.lines, c.amount, o.customer_id
from quality.cells as c
left join quality.owners as o on o.row_no = c.row_no
where c.subject = 'record' and c.status = 'empty'
