with
useless as (select key from identity.value_status where status <> 'valid'),
stated as (
    select r.key, min(c.customer_id) as customer_id, min(c.customer_id) = max(c.customer_id) as is_one
    from identity.record_values as r
    join identity.owners as c using (node)
    where r.type <> 'device_id'
    group by r.key
),
carried as (
    select t.key, min(c.customer_id) as customer_id, min(c.customer_id) = max(c.customer_id) as is_one
    from identity.trace_values as t
    join identity.owners as c using (node)
    anti join stated as s on s.key = t.key
    where t.type <> 'device_id'
    group by t.key
)
-- What was also somebody's who is forgotten is not the others' own for that.
select coalesce(b.key, o.key) as key, b.customer_id, b.is_one is true and o.key is null as is_one
from (select * from stated union all select * from carried) as b
full join (select key from identity.once_shared where type <> 'device_id') as o on o.key = b.key
anti join useless as u on u.key = coalesce(b.key, o.key)
