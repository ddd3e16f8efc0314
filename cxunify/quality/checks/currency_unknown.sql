-- id: currency_unknown
-- dimension: validity
-- title: Currencies that are none
-- subject: interaction
-- key: row
-- of: filled
-- price: amount
-- weight: 1
-- enough: exists (from quality.coverage where subject = 'interaction' and field = 'currency' and filled > 0)
-- lacks: no currency is filled
-- fix: Write ISO 4217 codes in {source}{place}, or give the currency in the configuration.
-- confidence: estimated
-- method: as many purchases and returns, each at what those in the project's currency bring on average
-- why: Money in an unknown currency cannot be added up, so it is not in any revenue.
-- paste: sources:
--     {source}:
--       interaction:
--         currency: {currency}
select
    c.source, c.row_no::varchar as key, c.field, c.location, c.occurred_at, c.lines, u.worth as amount, c.customer_id
from quality.cells as c
join quality.happened as i on i.row_no = c.row_no
left join quality.uncounted as u on u.source = i.source and u.currency = i.currency and i.amount is not null
where c.subject = 'interaction' and c.field = 'currency' and c.status = 'invalid'
