-- id: record_placeholder
-- dimension: completeness
-- title: {field} filled with a placeholder
-- subject: record
-- key: row
-- of: filled
-- price: lacking
-- weight: field
-- target: 0.995
-- enough: exists (from quality.coverage where subject = 'record')
-- lacks: no such field is mapped
-- fix: Make {field} optional in {source}{place}, and refuse texts such as "none" or 0000000000 there: forced entry breeds placeholders.
-- why: A placeholder looks like coverage and joins strangers if it is taken for an identifier.
select c.source, c.row_no::varchar as key, c.field, c.location, c.occurred_at, c.lines, c.amount, o.customer_id
from quality.cells as c
left join quality.owners as o on o.row_no = c.row_no
where c.subject = 'record' and c.status = 'placeholder'
