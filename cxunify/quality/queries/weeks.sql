select week, sum(revenue) as revenue, sum(identified_revenue) as identified_revenue, sum(lines)::bigint as lines,
    sum(identified_lines)::bigint as identified_lines
from quality.linkage where week is not null group by all order by all
