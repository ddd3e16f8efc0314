-- An id that lives again is no alias.
select m.run_id, m.old_id, m.new_id
from (
    select run_id, old_id, new_id from ledger.changes where kind = 'merged'
    union all
    select '~', old_id, new_id from identity.moves where kind = 'merged'
) as m
left join profile.numbers as n on n.customer_id = m.old_id
where n.customer_id is null
