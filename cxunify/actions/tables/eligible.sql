select count(distinct customer_id) as customers, count(distinct case when is_eligible then customer_id end) as eligible
from actions.contact_limits
