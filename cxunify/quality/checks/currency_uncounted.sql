-- id: currency_uncounted
-- dimension: consistency
-- title: Money in {field} that is in no total
-- subject: interaction
-- key: row
-- of: money
-- price: amount
-- weight: 1
-- confidence: estimated
-- method: as many purchases and returns, each at what those in the project's currency bring on average
-- fix: Say what {field} is worth in the file of `rates:` (date, currency, rate), or make it the project's `currency`.
-- why: Two currencies are never added: without a rate it is in no revenue, no average and no price of a gap.
-- paste: rates: {rates}
--   # {rates} needs a line for it, and one whenever it changes:
--   # date,currency,rate
--   # {day},{code},(what one {code} is worth in {currency})
select
    f.source, f.row_no::varchar as key, 'currency.' || f.currency as field, f.location, f.occurred_at, f.lines,
    u.worth as amount, n.customer_id
from quality.uncounted as u
join quality.facts as f on f.source = u.source and f.currency = u.currency
left join profile.numbers as n on n.customer_no = f.customer_no
where
    f.rate is null and f.trade is not null and f.amount is not null
    and f.row_no not in (select row_no from quality.cells where field = 'currency' and status = 'invalid')
