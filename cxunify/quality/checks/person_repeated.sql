-- id: person_repeated
-- dimension: uniqueness
-- title: Customers with several records in one source
-- subject: record
-- of: records
-- price: customers
-- weight: 0.1
-- target: 0.95
-- fix: Merge the duplicates in {source}, and search before creating a record there.
-- why: Two records of one person get two treatments, two mailings and two answers.
with
ordered as (
    select
        a.source, a.record_id, a.customer_id, r.created_at, r.updated_at,
        row_number() over (partition by a.source, a.customer_id order by r.created_at nulls last, a.record_id) as n
    from identity.assignments as a
    join staging.records as r on r.source = a.source and r.record_id = a.record_id
    where r.merged_into is null
)
select
    source,
    record_id as key,
    'record_id' as field,
    null::varchar as location,
    coalesce(created_at, updated_at) as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    customer_id
from ordered
where n > 1
