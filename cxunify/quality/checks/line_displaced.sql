-- id: line_displaced
-- dimension: uniqueness
-- title: Rows that gave way to a later file which does not hold them
-- subject: row
-- key: file
-- of: extract
-- price: amount
-- weight: 0.5
-- confidence: estimated
-- method: the money that the rows state; a later file that corrects an interaction is rightly taken, so half is assumed
-- fix: Look whether {source} exports each interaction whole; where an id means something else in another file, state what is unique
--   together, such as `id: [date, till, number]`.
-- why: A later file has their id and not their content, so either it corrects them, or it is about something else and these are lost.
select
    g.source,
    g.file_id || ':' || g.source_row as key,
    'row' as field,
    null::varchar as location,
    g.occurred_at,
    1 as lines,
    (case when f.trade is not null then g.amount * f.rate end)::decimal(18, 2) as amount,
    f.customer_id
from staging.gave_way as g
left join quality.happened as i on i.source = g.source and i.interaction_id = g.id
left join quality.events as f on f.row_no = i.row_no
where g.subject = 'interaction' and (starts_with(g.reason, 'replaced') or starts_with(g.reason, 'dropped'))
