-- One row per customer and day on which the customer did something, whatever the channel: did what. Where triggers are refused nobody is
-- looked at.
select
    customer_no,
    date_diff('day', day, $today::date) as days_ago,
    bool_or(purchases > 0) as has_bought,
    bool_or(visits > 0) as has_visited,
    bool_or(contacts > 0) as has_contacted,
    bool_or(acts > 0) as has_acted
from profile.days
where day <= $today::date and (select is_open from actions.gate where capability = 'behaviour_triggers')
group by customer_no, day
having bool_or(acts > 0)
