"""staging.interactions, identity.trace_values -> identity.everywhere: identifiers that are in too many places to be one person's.

A cashier who holds an own card over the till for every stranger's purchase makes the best customer there is; a person is not
in six stores on one day.
"""

from __future__ import annotations

from cxunify.schema import Table
from cxunify.warehouse import Stage

MOST_PLACES = 5
"""Places that one person may be seen in on one day."""
FEWEST = 50
"""Interactions from which on a value is looked at: below, chance and typing errors decide."""


def everywhere() -> Stage:
    """Values seen in more places on one day than a person can be."""
    select = f"""
with
busy as (
    select v.key
    from identity.trace_values as v
    join staging.traces as t using (trace_id)
    where v.type <> 'device_id' and not v.is_placeholder
    group by v.key
    having sum(t.interactions) >= {FEWEST}
),
days as (
    select v.key, v.type, v.value, i.occurred_at::date as day, count(distinct i.location) as places
    from staging.interactions as i
    join (select * from identity.trace_values semi join busy using (key)) as v on v.trace_id = i.trace_id
    where i.location is not null
    group by all
)
select key, any_value(type) as type, any_value(value) as value, max(places) as places
from days
group by key
having max(places) > {MOST_PLACES}
"""
    return Stage(
        Table(
            "identity.everywhere", "One row per value seen in more places on one day than a person can be.", ("key",)
        ),
        select,
    )
