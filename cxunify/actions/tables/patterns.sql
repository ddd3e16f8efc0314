-- Models see counted histories alone: the cost is in different ones, not in customers. In one order, so that sums of floating points
-- come out the same however many threads counted.
select quarters_ago, repeats, recency_days, age_days, count(*) as customers
from temp.histories
where (select is_open from actions.gate where capability = 'purchase_anticipation')
group by quarters_ago, repeats, recency_days, age_days
order by quarters_ago, repeats, recency_days, age_days
