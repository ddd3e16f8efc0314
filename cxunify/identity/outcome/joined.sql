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
