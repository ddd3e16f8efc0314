-- id: birth_date_conflict
-- dimension: consistency
-- title: Customers whose records give different birth dates
-- subject: record
-- of: records
-- price: customers
-- weight: 0.1
-- target: 0.995
-- enough: exists (from quality.coverage where subject = 'record' and field = 'birth_date' and filled > 0)
-- lacks: no birth date is filled
-- fix: Compare the records below; if one source is wrong throughout, check the format of its birth date, or trust another first.
-- why: Either two people are joined, or one of them is greeted on the wrong day.
-- paste: profile:
--     source_priority: {others_first}
with
told as (
    select a.customer_id, a.source, a.record_id, r.birth_date, coalesce(r.created_at, r.updated_at) as occurred_at
    from identity.assignments as a
    join staging.records as r on r.source = a.source and r.record_id = a.record_id
    where r.birth_date is not null and a.customer_id in (select customer_id from quality.customers where records > 1)
),
torn as (select customer_id from told group by customer_id having count(distinct birth_date) > 1),
counted as (
    select *, count(*) over (partition by customer_id, birth_date) as votes from told where customer_id in (from torn)
),
ranked as (
    select *, first_value(birth_date) over (partition by customer_id order by votes desc, source, record_id) as kept from counted
)
select
    source, record_id as key, 'birth_date' as field, null::varchar as location, occurred_at, 1 as lines,
    null::decimal(18, 2) as amount, customer_id
from ranked
where birth_date <> kept
