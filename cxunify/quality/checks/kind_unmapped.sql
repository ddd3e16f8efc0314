-- id: kind_unmapped
-- dimension: validity
-- title: Kinds of interaction that the configuration does not know
-- subject: interaction
-- of: interactions
-- price: none
-- target: 0.995
-- fix: Map the values of {source} that are listed here to kinds.
-- paste: sources:
--     {source}:
--       interaction:
--         kind: {kind|map={kinds}}
-- why: What is `other` counts as no purchase, no visit and no complaint.
select
    i.source,
    i.interaction_id as key,
    'kind' as field,
    i.location,
    i.occurred_at,
    coalesce(i.lines, 1) as lines,
    null::decimal(18, 2) as amount,
    t.customer_id
from quality.happened as i
left join identity.trace_assignments as t on t.trace_id = i.trace_id
where i.kind = 'other' and not i.is_kind_known
