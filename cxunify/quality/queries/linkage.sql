select source, channel, sum(interactions)::bigint as interactions, sum(lines)::bigint as lines,
    sum(identified_lines)::bigint as identified_lines, sum(revenue) as revenue,
    sum(identified_revenue) as identified_revenue
from quality.linkage group by all order by all
