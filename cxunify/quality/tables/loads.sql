-- One row per source whose newest file took the place of an earlier one: the rows of both.
with
now as (
    select source, any_value(file_id) as file_id, sum(loaded)::bigint as loaded
    from raw.files
    where status = 'loaded'
    group by source
    having count(*) = 1
)
select n.source, n.file_id, n.loaded, arg_max(f.loaded, f.file_id)::bigint as before
from now as n
join raw.files as f on f.source = n.source and f.status = 'superseded' and f.loaded > 0 and f.file_id < n.file_id
group by all
