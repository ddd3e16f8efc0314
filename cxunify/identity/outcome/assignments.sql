-- Of equal joins the one with the smallest pattern speaks for the record: nothing depends on the order of rows.
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
-- What contradicts itself is doubtful, however much speaks for it, unless a person, the source or a card has settled it.
torn as (
    select source, record_id, min(confidence) as confidence
    from (
        select source_a as source, record_id_a as record_id, confidence from identity.contradictions
        union all
        select source_b, record_id_b, confidence from identity.contradictions
    )
    group by source, record_id
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
    case when s.cluster is null then 1.0 else least(coalesce(b.confidence, 0.5), coalesce(t.confidence, 1.0)) end as confidence,
    case
        when s.cluster is null then 'only record' when b.rule <> 'model' then b.rule else coalesce(w.evidence, 'model')
    end as joined_by
from identity.owners as c
join identity.features as f using (node)
join identity.clusters as l using (node)
left join sizes as s on s.cluster = l.cluster
left join best as b on b.node = c.node
left join torn as t on t.source = f.source and t.record_id = f.record_id
left join identity.weights as w on w.pattern = b.pattern
