-- One row per customer, today and a quarter ago: what it had bought until then. Of who bought hundreds of products those count that it
-- bought most often.
with
told as (
    select 0 as quarters_ago, customer_no, product_no, days from actions.bought
    union all
    select 1 as quarters_ago, customer_no, product_no, days_before as days from actions.bought where days_before > 0
),
placed as (
    select *, row_number() over (partition by quarters_ago, customer_no order by days desc, product_no) as place
    from told
),
came as (
    select customer_no, max(last_day) as last_day, max(days - days_before) > 0 as is_back
    from actions.bought
    group by customer_no
)
select
    p.quarters_ago,
    p.customer_no,
    any_value(c.last_day) as last_day,
    any_value(c.is_back) as is_back,
    list(p.product_no order by p.product_no) as goods
from placed as p
join came as c on c.customer_no = p.customer_no
where p.place <= 100
group by p.quarters_ago, p.customer_no
