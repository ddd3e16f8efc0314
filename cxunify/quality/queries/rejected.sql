-- One row per source, or file that a SELECT reads: its rejected rows and all of them, as they stood when most of them were rejected
-- among the moments since a run was last published. A good file that comes after a bad one does not make it good.
with
counted as (
    select source, case when status = 'read' then path end as path, coalesce(run_id, '') as run_id, rejected, records
    from raw.files where status in ('loaded', 'read')
),
moments as (
    select source, path, max(run_id) as run_id from counted group by source, path
    union
    select source, path, run_id from counted
    where run_id > $published
),
stood as (
    select m.source, m.path, sum(c.rejected)::bigint as rejected, sum(c.records)::bigint as records
    from moments as m
    join counted as c on c.source = m.source and c.path is not distinct from m.path and c.run_id <= m.run_id
    group by m.source, m.path, m.run_id
    having sum(c.rejected) > 0
)
select source, arg_max(rejected, rejected / records) as rejected, arg_max(records, rejected / records) as records
from stood
group by source, path
order by source, rejected, records
