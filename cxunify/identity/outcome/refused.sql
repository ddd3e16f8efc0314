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
