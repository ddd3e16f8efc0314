-- id: currency_unknown
-- dimension: validity
-- title: Currencies that are none
-- subject: interaction
-- of: filled
-- price: amount
-- weight: 1
-- fix: Write ISO 4217 codes in {source}{place}, or give the currency in the configuration.
-- why: Money in an unknown currency cannot be added up, so it is not in any revenue.
-- paste: sources:
--     {source}:
--       interaction:
--         currency: {currency}
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.cells
where subject = 'interaction' and field = 'currency' and status = 'invalid'
