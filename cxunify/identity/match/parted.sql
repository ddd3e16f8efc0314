select distinct least(x.node, y.node) as a, greatest(x.node, y.node) as b
from identity.decisions as d
join identity.features as x on x.source = d.source_a and x.record_id = d.record_id_a
join identity.features as y on y.source = d.source_b and y.record_id = d.record_id_b
where d.decision = 'different' and x.node <> y.node
