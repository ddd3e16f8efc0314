-- id: date_zero
-- dimension: validity
-- title: Interactions whose date is the zero of some system
-- subject: interaction
-- key: row
-- of: interactions
-- price: amount
-- weight: 1
-- target: 0.9999
-- fix: Export the time of each interaction in {source}{place}; where it is not known, leave the cell empty.
-- why: They are no part of any first purchase, tenure, cohort or period.
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
where not f.has_date
