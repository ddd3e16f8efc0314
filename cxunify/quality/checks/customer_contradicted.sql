-- id: customer_contradicted
-- dimension: consistency
-- title: Customers whose records contradict each other
-- subject: record
-- of: records
-- price: customers
-- weight: 0.2
-- target: 0.995
-- fix: Decide on these pairs with `cxunify review`, which asks about them first; `cxunify why` says what else speaks for each.
-- why: Two people in one customer see each other's history; none of these records is surer of its customer than 90 %, nor than it is of the record that contradicts it.
with
torn as (
    select customer_id, source_a as source, record_id_a as record_id, contradiction from identity.contradictions
    union all
    select customer_id, source_b, record_id_b, contradiction from identity.contradictions
),
told as (
    select customer_id, source, record_id, min(contradiction) as contradiction from torn group by customer_id, source, record_id
)
select
    t.source, t.record_id as key, split_part(t.contradiction, ':', 1) as field, null::varchar as location,
    coalesce(r.created_at, r.updated_at) as occurred_at, 1 as lines, null::decimal(18, 2) as amount, t.customer_id
from told as t
join staging.records as r on r.source = t.source and r.record_id = t.record_id
