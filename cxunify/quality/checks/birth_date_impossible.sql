-- id: birth_date_impossible
-- dimension: validity
-- title: Birth dates in the future or over 115 years ago
-- subject: record
-- of: filled
-- price: customers
-- weight: field
-- target: 0.998
-- fix: Refuse impossible dates where {source} takes them{place}; if many are wrong alike, give `birth_date` its `format`.
-- why: A wrong birth date keeps one person's records apart and sends the wrong treatment.
-- paste: sources:
--     {source}:
--       person:
--         birth_date: {column: …, format: "%d/%m/%Y"}
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.cells
where subject = 'record' and field = 'birth_date' and status = 'invalid'
