-- id: birth_date_impossible
-- dimension: validity
-- title: Birth dates in the future or over 115 years ago
-- subject: record
-- key: row
-- of: filled
-- price: customers
-- weight: field
-- target: 0.998
-- enough: exists (from quality.coverage where subject = 'record' and field = 'birth_date' and filled > 0)
-- lacks: no birth date is filled
-- fix: Refuse impossible dates where {source} takes them{place}; if many are wrong alike, give `birth_date` its `format`.
-- why: A wrong birth date keeps one person's records apart and sends the wrong treatment.
-- paste: sources:
--     {source}:
--       person:
--         birth_date: {birth_date|format="%d/%m/%Y"}
select c.source, c.row_no::varchar as key, c.field, c.location, c.occurred_at, c.lines, c.amount, o.customer_id
from quality.cells as c
left join quality.owners as o on o.row_no = c.row_no
where c.subject = 'record' and c.field = 'birth_date' and c.status = 'invalid'
