-- Of how many customers something is to be done when they come, and what forbids it.
select
    count(distinct customer_id) as customers,
    count(distinct case when action is not null then customer_id end) as told,
    count(distinct case when blocked_by = 'held out' then customer_id end) as held_out,
    count(distinct case when blocked_by = 'open complaint' then customer_id end) as complaining,
    count(distinct case when customer_id is null then segment end) as segments
from actions.best_actions
