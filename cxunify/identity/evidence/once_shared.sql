-- Whoever is forgotten takes nothing from what a value was worth: it was two people's, and does not become the other one's own.
with
marked as (
    select mark, min(status) as status, arg_min(rule, status) as rule, max(people) as people
    from ledger.once_shared
    group by mark
)
select distinct k.key, k.type, k.value, m.status, m.rule, m.people
from (
    select key, type, value, $mark as mark
    from (select key, type, value from identity.record_values union all select key, type, value from identity.trace_values)
) as k
join marked as m on m.mark = k.mark
