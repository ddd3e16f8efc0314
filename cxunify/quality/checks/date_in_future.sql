-- id: date_in_future
-- dimension: validity
-- title: Interactions dated after the data ends
-- subject: interaction
-- key: row
-- of: interactions
-- price: amount
-- weight: 1
-- target: 0.9999
-- timeless: yes
-- fix: Check the clock of {source}{place}, and whether day and month are read in the right order; give `at` its format.
-- why: They fall outside every period that is measured.
-- paste: sources:
--     {source}:
--       interaction:
--         at: {at|format="%d/%m/%Y %H:%M"}
select source, row_no::varchar as key, 'occurred_at' as field, location, occurred_at, lines, revenue as amount, customer_id
from quality.events
-- Where all dates are yet to come, there is no day that the data ends on.
where day is not null and coalesce(day > $today::date, has_date)
