-- One row per source of one file that took the place of another: the rows of both. What it is held against is the last other snapshot
-- that was published with or, where none ever was, that was loaded.
with
now as (
    select source, any_value(file_id) as file_id, any_value(sha256) as sha256, sum(loaded)::bigint as loaded
    from raw.files
    where status = 'loaded'
    group by source
    having count(*) = 1
),
earlier as (
    select source, sha256, run_id as turn, loaded from ledger.loads
    union all
    select source, sha256, lpad(file_id::varchar, 9, '0'), loaded
    from raw.files
    where status = 'superseded' and source not in (select source from ledger.loads)
)
select n.source, n.file_id, n.loaded, arg_max(e.loaded, e.turn)::bigint as before
from now as n
join earlier as e on e.source = n.source and e.sha256 is distinct from n.sha256 and e.loaded > 0
group by all
