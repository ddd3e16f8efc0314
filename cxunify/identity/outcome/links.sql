select
    x.source as source_a, x.record_id as record_id_a, y.source as source_b, y.record_id as record_id_b,
    j.rule, j.weight / 1000 / ln(2) as weight, j.probability, coalesce(w.fields, '') as fields
from temp.joined as j
join identity.features as x on x.node = j.a
join identity.features as y on y.node = j.b
left join identity.weights as w on w.pattern = j.pattern
