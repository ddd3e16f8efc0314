select distinct least(x.customer_id, y.customer_id) as a, greatest(x.customer_id, y.customer_id) as b
from identity.comparisons as c
join identity.weights as w on w.pattern = c.pattern
join identity.owners as x on x.node = c.a
join identity.owners as y on y.node = c.b
where w.household >= 0.5 and w.is_at_home and x.customer_id <> y.customer_id
order by a, b
