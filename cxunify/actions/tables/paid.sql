-- The customers who paid for a purchase after their first one: what gifts are worth says nothing of what people spend.
select quarters_ago, paid_repeats, mean_repeat_spend
from temp.histories
where mean_repeat_spend > 0 and (select is_open from actions.gate where capability = 'lifetime_value')
order by quarters_ago, paid_repeats, mean_repeat_spend
