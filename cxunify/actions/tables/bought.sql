-- One row per customer and product that it has bought: on how many days, in all and until a quarter ago, and when last.
select
    p.customer_no,
    g.product_no,
    count(*)::integer as days,
    (count(*) filter (where p.day <= $today::date - 91))::integer as days_before,
    max(p.day) as last_day
from temp.purchased as p
join actions.goods as g on g.product = p.product
group by p.customer_no, g.product_no
