-- id: kind_unmapped
-- dimension: validity
-- title: Kinds of interaction that the configuration does not know
-- subject: interaction
-- of: interactions
-- price: none
-- target: 0.995
-- fix: Map the values of {source} that are listed here to kinds.
-- why: What is `other` counts as no purchase, no visit and no complaint.
select
    source,
    interaction_id as key,
    'kind' as field,
    location,
    occurred_at,
    lines,
    null::decimal(18, 2) as amount,
    customer_id
from quality.facts
where kind = 'other' and kind_value is not null
