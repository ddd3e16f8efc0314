-- Of what a source writes as mailboxes or numbers of a field: how many are hashes, by how many digits they have.
select length(value) as digits, count(*) as hashed
from (
    select unnest(case $field when 'email' then emails when 'phone' then phones end) as value
    from staging.records
    where source = $source
    union all
    select identifiers[replace($field, 'identifiers.', '')] as value
    from staging.traces
    where source = $source and starts_with($field, 'identifiers.')
)
where regexp_full_match(value, '([0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})')
group by digits
order by hashed desc, digits
