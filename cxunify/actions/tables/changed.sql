-- One row per customer and cause of which the day is known: since when there is a complaint, or an alarm.
select customer_no, 'complaint' as cause, min(timezone($timezone, opened_at::timestamptz)::date) as changed_date
from profile.cases
where is_complaint and is_open and customer_no is not null and opened_at <= $as_of
group by customer_no
union all
select customer_no, 'trigger', since_date
from actions.alarmed
where since_date is not null
