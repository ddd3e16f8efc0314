-- Whose each record is, when it says that it was made and changed (a date that stands for none says nothing), with the integers that rank it: `recency` (the later, the higher; records without a date first) and `trust`
-- (the source's priority, then recency). Of a customer's records both are unique, so nothing is ever decided by chance.
with
dated as (
    select
        r.row_no, r.source, r.record_id,
        case when c.year is null then r.created_at end as created_at,
        case when u.year is null then r.updated_at end as updated_at
    from staging.records as r
    left join profile.strays as c on c.source = r.source and c.field = 'created_at' and c.year = year(r.created_at)
    left join profile.strays as u on u.source = r.source and u.field = 'updated_at' and u.year = year(r.updated_at)
)
select
    r.row_no,
    n.customer_no,
    s.source_no,
    coalesce(r.updated_at, r.created_at) as stated_at,
    row_number() over (
        partition by n.customer_no order by coalesce(r.updated_at, r.created_at) nulls first, r.source desc, r.record_id desc
    ) as recency,
    s.priority * 4294967296 + recency as trust,
    a.confidence,
    r.created_at
from dated as r
join identity.assignments as a on a.source = r.source and a.record_id = r.record_id
join profile.numbers as n on n.customer_id = a.customer_id
join profile.sources as s on s.source = r.source
