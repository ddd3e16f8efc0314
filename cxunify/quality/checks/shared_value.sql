-- id: shared_value
-- dimension: linkage
-- title: {field} shared by many people
-- subject: value
-- of: values
-- price: none
-- needs: identity.shared_values
-- target: 0.998
-- fix: Find out whose {field} it is: a store's card, a kiosk or a mailbox of an office. Staff should not use their own. What means nothing at all belongs under `identity.placeholders`; --values writes the lines.
-- why: It joins strangers, so it is not used as evidence, and whoever has nothing else stays apart.
select
    null::varchar as source,
    type || ':' || left(md5(value), 12) as key,
    type as field,
    null::varchar as location,
    null::timestamp as occurred_at,
    records as lines,
    null::decimal(18, 2) as amount,
    null::varchar as customer_id
from identity.shared_values
where rule <> 'placeholder' and not starts_with(rule, 'damaged') and records > 0
