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
select
    i.source,
    i.interaction_id as key,
    'interaction_id' as field,
    i.location,
    i.occurred_at,
    coalesce(i.lines, 1) as lines,
    i.amount,
    t.customer_id
from staging.reused as r
join staging.interactions as i using (source, interaction_id)
left join identity.trace_assignments as t on t.trace_id = i.trace_id
