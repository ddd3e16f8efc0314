-- One row per mapped field of a source that has a target: how many of the rows that must fill it do, and with what.
with
expected as (
    select e.source, e.channel, e.subject, e.field, e.target, sum(i.records) as expected
    from quality.expectations as e
    join quality.intake as i on i.source = e.source
    where e.subject = 'record' and e.target is not null and e.field is not null
    group by all
    union all
    select e.source, e.channel, e.subject, e.field, e.target, sum(d.lines)
    from quality.expectations as e
    join quality.daily as d on d.source = e.source and (e.kinds is null or list_contains(e.kinds, d.kind))
    where e.subject = 'interaction' and e.target is not null and e.field is not null
    group by all
),
bad as (
    select
        source, subject, field,
        sum(lines) filter (where status = 'empty') as empty,
        sum(lines) filter (where status = 'placeholder') as placeholder,
        sum(lines) filter (where status = 'invalid') as invalid,
        sum(lines) filter (where status = 'unparseable') as unparseable
    from quality.cells
    group by all
)
select
    source, channel, subject, field, target,
    expected::bigint as "rows",
    (expected - coalesce(empty, 0))::bigint as filled,
    coalesce(placeholder, 0)::bigint as placeholder,
    coalesce(invalid, 0)::bigint as invalid,
    coalesce(unparseable, 0)::bigint as unparseable,
    (expected - coalesce(empty, 0) - coalesce(placeholder, 0) - coalesce(invalid, 0) - coalesce(unparseable, 0))::bigint as valid
from expected
left join bad using (source, subject, field)
order by all
