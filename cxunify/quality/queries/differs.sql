-- In what the keys of a source that a record has in another spelling differ from it: how many of them, by what.
select
    count(*) filter (where n.by_zeros) as zeros,
    count(*) filter (where n.by_blanks) as blanks,
    count(*) filter (where n.by_hyphens) as hyphens,
    count(*) filter (where n.by_case) as capitals
from quality.near as n
join staging.traces as t on t.trace_id = n.trace_id
where t.source = $source and n.field = $field
