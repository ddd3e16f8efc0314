-- id: before_customer
-- dimension: consistency
-- title: Interactions before their customer was created
-- subject: interaction
-- of: keys
-- price: amount
-- weight: 0.2
-- target: 0.98
-- fix: Check the creation date of the records that {source} names{place}: a migration may have overwritten it.
-- why: Tenure, retention and the age of a customer are counted from the wrong day.
with
early as (
    select t.trace_id, t.person_source, r.created_at
    from staging.traces as t
    join identity.foreign_keys as k on k.source = t.person_source and k.record_id = t.person_record_id
    join staging.records as r on r.source = k.source and r.record_id = k.points_to
    where t.first_at < r.created_at - interval 1 day
)
select
    i.source,
    i.interaction_id as key,
    'person.' || e.person_source as field,
    i.location,
    i.occurred_at,
    f.lines,
    f.revenue as amount,
    a.customer_id
from early as e
join quality.happened as i on i.trace_id = e.trace_id
join quality.facts as f on f.row_no = i.row_no
left join identity.trace_assignments as a on a.trace_id = e.trace_id
where i.occurred_at < e.created_at - interval 1 day and f.has_date
