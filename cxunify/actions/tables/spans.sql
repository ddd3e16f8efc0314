-- How far each signal goes back, and on how many days of half a year customers who show it usually do. A few strays of long ago are no
-- history: it begins when one of a hundred customers had shown it. Of many customers some twenty thousand are asked.
with
one_of as (select greatest(count(*) // 20000, 1) as many from profile.numbers),
customers as (
    select s.signal, s.customer_no, max(s.days_ago) as first_ago, count(case when s.days_ago < 182 then 1 end) as active_days
    from temp.signals as s
    cross join one_of as o
    where s.customer_no % o.many = 0
    group by s.signal, s.customer_no
)
select
    signal,
    quantile_disc(first_ago, 0.99) + 1 as history_days,
    median(case when active_days > 0 then active_days end) as usual_days
from customers
group by signal
order by signal
