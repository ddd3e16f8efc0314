-- id: date_in_future
-- dimension: validity
-- title: Interactions dated after the data ends
-- subject: interaction
-- key: row
-- of: interactions
-- price: amount
-- weight: 1
-- target: 0.9999
-- fix: Check the clock of {source}{place}, and whether day and month are read in the right order; give `at` its format.
-- why: They fall outside every period that is measured.
-- paste: sources:
--     {source}:
--       interaction:
--         at: {at|format="%d/%m/%Y %H:%M"}
select
    f.source,
    f.row_no::varchar as key,
    'occurred_at' as field,
    f.location,
    f.occurred_at,
    f.lines,
    f.revenue as amount,
    n.customer_id
from quality.facts as f
left join profile.numbers as n on n.customer_no = f.customer_no
where f.day > $today::date
