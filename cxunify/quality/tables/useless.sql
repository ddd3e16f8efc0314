-- One row per row of an extract and value in it that identifies nobody, with the reason. Its money counts where nothing else says
-- whose it is.
select
    r.source, r.file_id || ':' || r.source_row as key,
    case when v.type in ('email', 'phone') then v.type else 'identifiers.' || v.type end as field, v.rule,
    null::varchar as location, coalesce(r.created_at, r.updated_at) as occurred_at, 1 as lines,
    null::decimal(18, 2) as amount, o.customer_id, null::bigint as row_no
from identity.useless_values as v
join staging.records as r on r.row_no = v.row_no
left join quality.owners as o on o.row_no = v.row_no
union all
select
    i.source, i.file_id || ':' || i.source_row, 'identifiers.' || v.type, v.rule, i.location, i.occurred_at, f.lines,
    case when a.customer_id is null then f.revenue end, a.customer_id, f.row_no
from identity.useless_values as v
join staging.interactions as i on i.trace_id = v.trace_id
join quality.facts as f on f.row_no = i.row_no
left join identity.trace_assignments as a on a.trace_id = v.trace_id
