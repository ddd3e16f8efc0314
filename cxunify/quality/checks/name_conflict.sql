-- id: name_conflict
-- dimension: consistency
-- title: Customers whose records differ in given and family name
-- subject: record
-- of: records
-- price: customers
-- weight: 0.2
-- target: 0.98
-- enough: exists (from quality.coverage where subject = 'record' and field = 'family_name' and filled > 0)
-- lacks: no family name is filled
-- fix: Look at these customers with `cxunify show`; if they are several people, part them with `cxunify review`.
-- why: Two people in one customer see each other's history, and neither is served well.
with
told as (
    select
        a.customer_id, a.source, a.record_id, coalesce(r.created_at, r.updated_at) as occurred_at,
        lower(strip_accents(r.family_name)) as family, lower(strip_accents(r.given_name)) as given
    from identity.assignments as a
    join staging.records as r on r.source = a.source and r.record_id = a.record_id
    where
        r.family_name is not null and r.given_name is not null
        and a.customer_id in (select customer_id from quality.customers where records > 1)
),
torn as (
    select customer_id
    from told
    group by customer_id
    having count(distinct family) > 1 and count(distinct left(given, 1)) > 1
),
ranked as (
    select
        *,
        first_value(family) over (partition by customer_id order by occurred_at desc nulls last, source, record_id) as kept_family,
        first_value(given) over (partition by customer_id order by occurred_at desc nulls last, source, record_id) as kept_given
    from told
    where customer_id in (from torn)
)
select
    source, record_id as key, 'family_name' as field, null::varchar as location, occurred_at, 1 as lines,
    null::decimal(18, 2) as amount, customer_id
from ranked
where jaro_winkler_similarity(family, kept_family) < 0.8 and left(given, 1) <> left(kept_given, 1)
    and not (family = kept_given or given = kept_family)
