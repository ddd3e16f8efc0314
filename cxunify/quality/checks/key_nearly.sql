-- id: key_nearly
-- dimension: linkage
-- title: Keys and cards that a record has in another spelling
-- subject: interaction
-- of: interactions
-- price: amount
-- weight: 0.8
-- fix: Look at some of them below, with --values, beside the records; if they are the same, the lines here let {field} be compared without what differs. Until then they join nobody.
-- why: A customer's history is cut in two by a blank or a zero.
-- paste: identity:
--     ignore: {ignore}
select
    i.source,
    i.interaction_id as key,
    n.field,
    i.location,
    i.occurred_at,
    f.lines,
    f.revenue as amount,
    a.customer_id
from quality.near as n
join quality.happened as i on i.trace_id = n.trace_id
join quality.facts as f on f.row_no = i.row_no
left join identity.trace_assignments as a on a.trace_id = n.trace_id
