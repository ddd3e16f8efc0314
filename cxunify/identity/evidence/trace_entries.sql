select trace_id, source, person_source, person_record_id, entry.key as type, entry.value as written
from (
    select trace_id, source, person_source, person_record_id, unnest(map_entries(identifiers)) as entry
    from staging.traces
    where cardinality(identifiers) > 0
)
where trim(entry.value) <> ''
