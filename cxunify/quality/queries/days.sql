select
    source, location, day, sum(interactions)::double as interactions, sum(lines)::double as lines, sum(revenue)::double as revenue
from quality.daily where day is not null group by all order by all
