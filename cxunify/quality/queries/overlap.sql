with sets as (
    select array_to_string(channels, '+') as channels, count(*) as customers, sum(revenue) as revenue
    from quality.customers group by all
),
ranked as (select *, row_number() over (order by customers desc, channels) as n from sets)
select case when n <= $most then channels else 'other' end as channels, sum(customers)::bigint as customers,
    sum(revenue) as revenue
from ranked group by all order by customers desc, channels
