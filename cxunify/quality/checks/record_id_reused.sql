-- id: record_id_reused
-- dimension: uniqueness
-- title: Record ids that different people share
-- subject: row
-- key: file
-- of: extract
-- price: customers
-- weight: 0.5
-- fix: Give each person in {source} an id of their own; where branches number by themselves, state what is unique together, such
--   as `id: [branch, number]`.
-- why: One person stands under the id and the other is left out; whatever names the id may mean either.
select
    g.source,
    g.file_id || ':' || g.source_row as key,
    'record_id' as field,
    null::varchar as location,
    null::timestamp as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    a.customer_id
from staging.gave_way as g
left join identity.assignments as a on a.source = g.source and a.record_id = g.id
where g.subject = 'record' and starts_with(g.reason, 'another')
