-- One row per signal, customer and day on which the customer showed it.
select 'purchases' as signal, customer_no, days_ago from temp.active_days where has_bought
union all
select 'visits', customer_no, days_ago from temp.active_days where has_visited
union all
select 'contacts', customer_no, days_ago from temp.active_days where has_contacted
union all
select 'any', customer_no, days_ago from temp.active_days where has_acted
