-- How many customers are where they are by an alarm that is taken to last.
select count(distinct w.customer_no) as customers
from actions.walks as w
join temp.presumed as p on p.customer_no = w.customer_no and p.place = w.place
