with
decided as (
    select least(x.node, y.node) as a, greatest(x.node, y.node) as b, d.decision
    from identity.decisions as d
    join identity.features as x on x.source = d.source_a and x.record_id = d.record_id_a
    join identity.features as y on y.source = d.source_b and y.record_id = d.record_id_b
),
pointers as (
    select least(f.node, g.node) as a, greatest(f.node, g.node) as b
    from identity.features as f
    join identity.foreign_keys as k on k.source = f.source and k.record_id = f.merged_into
    join identity.features as g on g.source = k.source and g.record_id = k.points_to
    union all
    select least(f.node, g.node), greatest(f.node, g.node)
    from identity.same_ids as s
    join identity.features as f on f.source = s.source and f.record_id = s.record_id
    join identity.features as g on g.source = s.source and g.record_id = s.other_id
)
select a, b, min(cause) as cause
from (
    select a, b, 'decision' as cause from decided where decision = 'same'
    union all
    select a, b, 'merge pointer' from pointers
)
where a < b
group by a, b
