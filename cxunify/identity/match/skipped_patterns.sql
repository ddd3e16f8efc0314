select
    q.*,
    coalesce(n.half_pairs, 0)::bigint as half_pairs,
    coalesce(n.apart, 0)::bigint as apart
from temp.skipped_patterns as q
join (
    select c.pattern, sum(p.half_pairs) as half_pairs, sum(case when x.cluster <> y.cluster then p.half_pairs end) as apart
    from identity.skipped_pairs as p
    join identity.skipped_comparisons as c on c.a = p.a and c.b = p.b
    join identity.clusters as x on x.node = p.a
    join identity.clusters as y on y.node = p.b
    group by c.pattern
) as n on n.pattern = q.pattern
order by q.pattern
