-- One row per kind of interaction that has an owner by its nature: money, service and answers. Anybody may look at a page.
select unnest([
    'purchase', 'return', 'quote', 'checkout', 'contact_in', 'contact_out', 'held_out', 'response', 'complaint', 'resolution', 'survey',
    'contract_start', 'contract_end', 'optin', 'optout', 'redemption', 'login', 'signup'
]) as kind
