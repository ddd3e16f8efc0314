-- One row per extract, alone or in parts, that took the place of another, and per file (`path`) that a SELECT reads: the rows of both.
-- What it is held against is the last other one that was published with or, where none ever was, that was loaded.
with
earlier as (
    select source, sha256, run_id as turn, loaded from ledger.loads
    union all
    select source, sha256, lpad(file_id::varchar, 9, '0'), loaded
    from raw.files
    where status = 'superseded' and source not in (select source from ledger.loads)
)
select n.source, n.path, n.file_id, n.loaded, arg_max(e.loaded, e.turn)::bigint as before
from quality.snapshots as n
join earlier as e on e.source = n.name and e.sha256 is distinct from n.sha256 and e.loaded > 0
group by all
