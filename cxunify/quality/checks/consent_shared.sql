-- id: consent_shared
-- dimension: consistency
-- title: Customers who allow contact by a mailbox or number that somebody else has closed
-- subject: customer
-- of: customers
-- price: customers
-- weight: 0.2
-- fix: Ask them again. An opt-in of their own that is newer than the other's refusal opens it; until then {field} is published as no.
-- why: A message to a shared mailbox or number reaches whoever opted out, too.
select
    null::varchar as source,
    c.customer_id as key,
    'consent.' || c.channel as field,
    null::varchar as location,
    c.stated_at as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    c.customer_id
from profile.consent as c
where c.decided_by = 'address'
