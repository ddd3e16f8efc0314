-- id: contact_unread
-- dimension: validity
-- title: {field} of interactions that cannot be one
-- subject: interaction
-- of: interactions
-- price: amount
-- weight: 1
-- target: 0.99
-- fix: Check the shape of {field} where {source} takes it{place}; numbers are to be exported as text.
-- why: What cannot be read leads to nobody, and what carries nothing else belongs to nobody.
select
    i.source, i.interaction_id as key, 'identifiers.' || c.type as field, i.location, i.occurred_at, f.lines,
    case when a.customer_id is null then f.revenue end as amount, a.customer_id
from identity.contact_points as c
join quality.happened as i on i.trace_id = c.trace_id
join quality.facts as f on f.row_no = i.row_no
left join identity.trace_assignments as a on a.trace_id = c.trace_id
where c.status = 'invalid'
