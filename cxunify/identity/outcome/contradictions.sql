with
compared as (
    select c.a, c.b, w.contradiction, w.is_settled, case when w.is_seldom then w.probability else 1.0 end as probability
    from identity.comparisons as c
    join identity.weights as w on w.pattern = c.pattern
    where w.contradiction is not null
    union all
    select c.a, c.b, w.contradiction, w.is_settled, case when w.is_seldom then w.probability else 1.0 end as probability
    from identity.inner_comparisons as c
    join identity.inner_weights as w on w.pattern = c.pattern
    where w.contradiction is not null
)
select o.customer_id, x.source as source_a, x.record_id as record_id_a, y.source as source_b, y.record_id as record_id_b, c.contradiction,
    -- No third record makes the two surer than they are of each other, where one person's records seldom say such things.
    least(greatest(c.probability, 0.5), $doubtful) as confidence
from compared as c
join identity.features as x on x.node = c.a
join identity.features as y on y.node = c.b
join identity.owners as o on o.node = c.a
join identity.owners as p on p.node = c.b and p.customer_id = o.customer_id
anti join temp.akin as s on s.a = c.a and s.b = c.b
where not c.is_settled
