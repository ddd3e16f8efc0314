-- id: interaction_id_reused
-- dimension: uniqueness
-- title: Ids that several interactions share
-- subject: interaction
-- key: own
-- of: interactions
-- price: amount
-- weight: 0.5
-- fix: Let {source} give each interaction an id of its own, or state in the configuration what is unique together, such as
--   `id: [date, till, number]`.
-- why: They are kept apart here, by time, customer, place and currency; whatever else goes by the id takes them for one, and
--   lines of one receipt may be counted as several.
select i.source, i.interaction_id as key, 'interaction_id' as field, f.location, f.occurred_at, f.lines, f.revenue as amount, f.customer_id
from staging.reused as r
join quality.happened as i using (source, interaction_id)
join quality.events as f on f.row_no = i.row_no
