-- id: record_id_repeated
-- dimension: uniqueness
-- title: Records of one extract that share an id and differ
-- subject: row
-- key: file
-- of: extract
-- price: customers
-- weight: 0.05
-- target: 0.999
-- enough: exists (from quality.intake)
-- lacks: no records of people
-- fix: Export each record of {source} once; if it is one row per order or address, map the column that tells people apart as `id`.
-- why: One row was taken and the others left; what only they say is lost.
select
    r.source,
    r.file_id || ':' || r.source_row as key,
    'record_id' as field,
    null::varchar as location,
    null::timestamp as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    a.customer_id
from quality.repeats as r
left join identity.assignments as a on a.source = r.source and a.record_id = r.id
where r.problem = 'id'
