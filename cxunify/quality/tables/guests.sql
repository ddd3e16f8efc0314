-- One row per trace of interactions whose foreign key is that of all guests: no record has it, and it stands for three customers whom
-- something else tells apart.
with
orphans as (
    select t.trace_id, t.person_source, t.person_record_id
    from staging.traces as t
    join identity.foreign_keys as k on k.source = t.person_source and k.record_id = t.person_record_id
    where k.points_to is null
),
crowded as (
    select o.person_source, o.person_record_id
    from orphans as o
    join identity.trace_assignments as a on a.trace_id = o.trace_id
    group by o.person_source, o.person_record_id
    having count(distinct a.customer_id) > 2
)
select o.trace_id
from orphans as o
semi join crowded as c on c.person_source = o.person_source and c.person_record_id = o.person_record_id
