"""staging.traces, identity.trace_assignments -> quality.guests: foreign keys that stand for whoever has no account."""

from __future__ import annotations

from cxunify.schema import Table
from cxunify.vocabulary.identifiers import NOBODY
from cxunify.vocabulary.lists import quoted
from cxunify.warehouse import Stage


def stage() -> Stage:
    """The stage of quality.guests: such a key looks like it, or stands for three customers whom something else tells apart."""
    select = f"""
with
orphans as (
    select t.trace_id, t.person_source, t.person_record_id
    from staging.traces as t
    left join staging.records as r on r.source = t.person_source and r.record_id = t.person_record_id
    where t.person_record_id is not null and r.record_id is null
),
many as (
    select o.person_source, o.person_record_id
    from orphans as o
    join identity.trace_assignments as a on a.trace_id = o.trace_id
    group by o.person_source, o.person_record_id
    having count(distinct a.customer_id) > 2
)
select o.trace_id
from orphans as o
left join many as m on m.person_source = o.person_source and m.person_record_id = o.person_record_id
where m.person_record_id is not null or o.person_record_id in ({quoted(NOBODY)})"""
    meaning = "One row per trace of interactions whose foreign key is nobody's: a placeholder."
    return Stage(Table("quality.guests", meaning, ("trace_id",)), select)
