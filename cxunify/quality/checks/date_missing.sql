-- id: date_missing
-- dimension: completeness
-- title: Interactions without a date
-- subject: interaction
-- key: row
-- of: interactions
-- price: amount
-- weight: 1
-- target: 0.999
-- fix: Export the time of each interaction in {source}; if it is there, give `at` its format.
-- why: Without a date it is in no period, no session and no sequence.
select source, row_no::varchar as key, 'occurred_at' as field, location, occurred_at, lines, revenue as amount, customer_id
from quality.events
where occurred_at is null
