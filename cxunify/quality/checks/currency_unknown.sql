-- id: currency_unknown
-- dimension: validity
-- title: Currencies that are none
-- subject: interaction
-- key: row
-- of: filled
-- price: amount
-- weight: 1
-- fix: Write ISO 4217 codes in {source}{place}, or give the currency in the configuration.
-- why: Money in an unknown currency cannot be added up, so it is not in any revenue.
-- paste: sources:
--     {source}:
--       interaction:
--         currency: {currency}
select c.source, c.row_no::varchar as key, c.field, c.location, c.occurred_at, c.lines, c.amount, c.customer_id
from quality.cells as c
where c.subject = 'interaction' and c.field = 'currency' and c.status = 'invalid'
