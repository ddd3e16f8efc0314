-- One row per population, source and field: how many rows a check's offenders are a share of.
select 'records' as population, source, null::varchar as field, sum(records)::bigint as "rows" from quality.intake group by source
union all
select 'interactions', source, null, sum(lines)::bigint from quality.daily group by source
union all
select 'money', source, null, sum(lines)::bigint from quality.daily where kind in ('purchase', 'return') group by source
union all
select 'field', source, field, "rows" from quality.coverage
union all
select 'filled', source, field, filled from quality.coverage
union all
select 'keys', i.source, 'person.' || t.person_source, sum(coalesce(i.lines, 1))::bigint
from staging.traces as t join quality.happened as i on i.trace_id = t.trace_id
where t.person_record_id is not null and t.trace_id not in (select trace_id from quality.guests) group by all
union all
select 'customers', null, null, count(*) from quality.customers
union all
select 'sources', source, null, 1 from quality.freshness
union all
select 'extract', source, null, sum(records)::bigint from raw.files where status in ('loaded', 'read') group by source
union all
select distinct 'loaded', source, null, 1 from raw.files where status in ('loaded', 'read')
union all
select 'last_load', source, null, before from quality.loads where path is null
union all
select 'stated_totals', source, null, sum(coalesce(lines, 1))::bigint
from quality.happened where properties['total'] is not null and kind in ('purchase', 'return') group by source
union all
select 'values', null, type, sum(records)::bigint from identity.identifiers where status in ('valid', 'shared') group by type
union all
select 'owned', d.source, null, sum(d.lines)::bigint
from quality.daily as d
where d.kind in (from quality.owned) or d.source not in (from quality.device_sources)
group by d.source
union all
select 'visits', d.source, null, sum(d.lines)::bigint
from quality.daily as d
where d.kind not in (from quality.owned) and d.source in (from quality.device_sources)
group by d.source
