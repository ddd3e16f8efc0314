select s.node, coalesce(dense_rank() over (order by s.card nulls last) * (s.card is not null)::integer - 1, -1) as card,
    coalesce(list_position(['i', 'jr', 'sr', 'ii', 'iii', 'iv', 'v'], f.suffix), -1) as suffix,
    case when f.is_duplicate_free then f.source end as free_source
from identity.traits as s
join identity.features as f using (node)
order by s.node
