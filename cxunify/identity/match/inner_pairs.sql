-- Of pairs that share no key nothing counts but what forbids that they are one; what people or sources settled stands.
select c.a, c.b, 0 as weight, true as is_forbidden, false as is_settled, false as is_parted
from identity.inner_comparisons as c
join identity.inner_weights as w on w.pattern = c.pattern
anti join temp.akin as s on s.a = c.a and s.b = c.b
anti join identity.parted as p on p.a = c.a and p.b = c.b
where w.is_forbidden
