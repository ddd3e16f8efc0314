-- id: date_zero
-- dimension: validity
-- title: Interactions whose date is the zero of some system
-- subject: interaction
-- key: row
-- of: interactions
-- price: amount
-- weight: 1
-- target: 0.9999
-- timeless: yes
-- fix: Export the time of each interaction in {source}{place}; where it is not known, leave the cell empty.
-- why: They are no part of any first purchase, tenure, cohort or period.
select source, row_no::varchar as key, 'occurred_at' as field, location, occurred_at, lines, revenue as amount, customer_id
from quality.events
where not has_date
