-- Whose each record is, with the integers that rank it: `recency` (the later, the higher; records without a date first) and `trust`
-- (the source's priority, then recency). Both are unique, so nothing is ever decided by chance.
select
    r.row_no,
    n.customer_no,
    s.source_no,
    coalesce(r.updated_at, r.created_at) as stated_at,
    row_number() over (
        order by coalesce(r.updated_at, r.created_at) nulls first, r.source desc, r.record_id desc
    ) as recency,
    s.priority * 4294967296 + recency as trust,
    a.confidence,
    r.created_at
from staging.records as r
join identity.assignments as a on a.source = r.source and a.record_id = r.record_id
join profile.numbers as n on n.customer_id = a.customer_id
join profile.sources as s on s.source = r.source
