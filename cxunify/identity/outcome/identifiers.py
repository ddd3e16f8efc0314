"""identity.record_values, .trace_values, .owners, .trace_assignments -> identity.identifiers, .shared_values: who carries what."""

from __future__ import annotations

from cxunify.schema.identity import IDENTIFIERS, SHARED_VALUES
from cxunify.warehouse import Stage

_LISTED = """
with
uses as (
    select c.customer_id, r.key, r.type, r.value, f.created_at as first_at, f.stated_at as last_at, 1 as records
    from identity.record_values as r
    join identity.owners as c using (node)
    join identity.features as f using (node)
    union all
    select a.customer_id, t.key, t.type, t.value, s.first_at, s.last_at, 1
    from identity.trace_values as t
    join identity.trace_assignments as a using (trace_id)
    join staging.traces as s using (trace_id)
    where a.customer_id is not null
)
select
    u.customer_id, u.type, u.value,
    min(coalesce(u.first_at, u.last_at)) as first_seen_at, max(coalesce(u.last_at, u.first_at)) as last_seen_at,
    sum(u.records)::bigint as records, coalesce(any_value(v.status), 'valid') as status
from uses as u
left join identity.value_status as v on v.key = u.key
group by u.customer_id, u.type, u.value
"""
_SHARED = """
select
    v.type, v.value, v.users as records, v.names, v.families, v.sources, count(distinct i.customer_id) as customers,
    'joins nobody' as action, v.rule
from identity.value_status as v
left join identity.identifiers as i on i.type = v.type and i.value = v.value
where v.status <> 'valid'
group by all
order by v.type, v.value
"""


def steps() -> tuple[Stage, ...]:
    """Every value of every customer, from records and traces; then how many customers share each shared value."""
    return (Stage(IDENTIFIERS, _LISTED), Stage(SHARED_VALUES, _SHARED))
