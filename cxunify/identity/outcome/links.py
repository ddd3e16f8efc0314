"""identity.clusters, .owners, .comparisons, .weights -> identity.links, .refused, .assignments: the evidence, and its worth."""

from __future__ import annotations

from cxunify.schema import Table
from cxunify.schema.identity import ASSIGNMENTS, LINKS
from cxunify.warehouse import Stage

_JOINED = """
with
judged as (
    select c.a, c.b, c.pattern, w.weight, w.probability, w.is_settled
    from identity.comparisons as c
    join identity.clusters as k on k.node = c.a
    join identity.clusters as l on l.node = c.b
    join identity.weights as w on w.pattern = c.pattern
    where k.cluster = l.cluster
    union all
    -- Settled, and never compared: the model has nothing to say of it.
    select t.a, t.b, null, null, null, false
    from (select a, b from identity.settled anti join identity.comparisons using (a, b)) as t
    join identity.clusters as k on k.node = t.a
    join identity.clusters as l on l.node = t.b
    where k.cluster = l.cluster
)
select
    c.a, c.b, c.pattern, coalesce(s.cause, case when c.is_settled then 'identifier' else 'model' end) as rule, c.weight,
    -- What a person or the source itself has settled is not for the model to doubt.
    case when s.cause is not null then 1.0 else c.probability end as probability
from judged as c
left join identity.settled as s on s.a = c.a and s.b = c.b
where c.weight > 0 or c.is_settled or s.cause is not null
"""
_LINKS = """
select
    x.source as source_a, x.record_id as record_id_a, y.source as source_b, y.record_id as record_id_b,
    j.rule, j.weight / 1000 / ln(2) as weight, j.probability, coalesce(w.fields, '') as fields
from temp.joined as j
join identity.features as x on x.node = j.a
join identity.features as y on y.node = j.b
left join identity.weights as w on w.pattern = j.pattern
"""
_REFUSED = """
with
apart as (
    select c.a, c.b, w.is_forbidden, w.weight, w.probability, w.fields
    from identity.comparisons as c
    join identity.weights as w on w.pattern = c.pattern
    join identity.clusters as k on k.node = c.a
    join identity.clusters as l on l.node = c.b
    where w.weight > 0 and k.cluster <> l.cluster
)
select
    x.source as source_a, x.record_id as record_id_a, y.source as source_b, y.record_id as record_id_b,
    case when c.is_forbidden then 'contradiction' else 'the customers as wholes do not match' end as reason,
    c.weight / 1000 / ln(2) as weight, c.probability, c.fields
from apart as c
join identity.features as x on x.node = c.a
join identity.features as y on y.node = c.b
"""
# Of equal joins the one with the smallest pattern speaks for the record: nothing depends on the order of rows.
_ASSIGNED = """
with
ends as (
    select a as node, pattern, rule, probability from temp.joined
    union all
    select b, pattern, rule, probability from temp.joined
),
-- Customers are judged whole, and so is what they are worth: a record is as sure as its joins are on average. Log odds are
-- added up as whole thousandths, so that their order does not matter, and no join counts for more than 12.
surest as (
    select
        node, max(probability) as probability,
        case
            when bool_or(rule in ('decision', 'merge pointer')) then 1.0
            else 1 / (1 + exp(-avg(odds) / 1000))
        end as confidence
    from (
        select *, round(1000 * ln(greatest(probability, 6e-6) / greatest(1 - probability, 6e-6)))::integer as odds from ends
    )
    group by node
),
best as (
    select e.node, any_value(s.confidence) as confidence, min(e.rule) as rule, min(e.pattern) as pattern
    from ends as e
    join surest as s on s.node = e.node and s.probability = e.probability
    group by e.node
),
sizes as (select cluster, count(*) as records from identity.clusters group by cluster having count(*) > 1)
select
    f.source, f.record_id, c.customer_id,
    case when s.cluster is null then 1.0 else coalesce(b.confidence, 0.5) end as confidence,
    case
        when s.cluster is null then 'only record' when b.rule <> 'model' then b.rule else coalesce(w.evidence, 'model')
    end as joined_by
from identity.owners as c
join identity.features as f using (node)
join identity.clusters as l using (node)
left join sizes as s on s.cluster = l.cluster
left join best as b on b.node = c.node
left join identity.weights as w on w.pattern = b.pattern
"""


def steps() -> tuple[Stage, ...]:
    """The steps, in order."""
    return (
        Stage(Table("temp.joined", "One row per accepted pair of records, by their numbers."), _JOINED),
        Stage(LINKS, _LINKS),
        Stage(
            Table("identity.refused", "One row per pair that looks like one person and was not joined: why."), _REFUSED
        ),
        Stage(ASSIGNMENTS, _ASSIGNED),
    )
