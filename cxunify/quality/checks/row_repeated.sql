-- id: row_repeated
-- dimension: uniqueness
-- title: Rows that an extract holds twice, cell by cell
-- subject: row
-- key: file
-- of: extract
-- price: amount
-- weight: 0.5
-- target: 0.999
-- confidence: estimated
-- method: the mean line of the interaction; lines of one article rung up twice are rightly there twice, so half is assumed
-- fix: Let {source} export each row once, or with a line number, which tells what was bought twice from what was written twice.
-- why: Where lines are added up, the purchase is too large; elsewhere it is a sign of an export that runs into itself.
select
    r.source,
    r.file_id || ':' || r.source_row as key,
    'row' as field,
    i.location,
    i.occurred_at,
    1 as lines,
    (f.revenue / f.lines)::decimal(18, 2) as amount,
    t.customer_id
from quality.repeats as r
left join quality.happened as i on r.adds and i.source = r.source and i.interaction_id = r.id and i.kind in ('purchase', 'return')
left join quality.facts as f on f.row_no = i.row_no
left join identity.trace_assignments as t on t.trace_id = i.trace_id
where r.problem = 'row'
