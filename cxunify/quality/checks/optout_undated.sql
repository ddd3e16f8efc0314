-- id: optout_undated
-- dimension: validity
-- title: Opt-outs at a time that cannot be read
-- subject: row
-- key: file
-- of: extract
-- price: none
-- weight: 0.2
-- fix: Correct the times of these rows of {source}, or say how they are written (`at`, `format`); until then each counts as the newest word of its customer, and no opt-in opens what it closes.
-- why: They are no interactions and stand in no timeline; who opted out is left alone all the same.
select
    o.source,
    o.file_id || ':' || o.source_row as key,
    'at' as field,
    null::varchar as location,
    null::timestamp as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    a.customer_id
from staging.undated_optouts as o
left join identity.trace_assignments as a on a.trace_id = o.trace_id
