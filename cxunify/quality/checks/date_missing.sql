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
where f.occurred_at is null
