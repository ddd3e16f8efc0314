-- One row per product, today and a quarter ago: how many had bought it, and its place by that.
with
had as (
    select quarters_ago, customers, unnest(goods) as product_no from actions.tastes
),
counted as (
    select quarters_ago, product_no, sum(customers)::bigint as buyers from had group by quarters_ago, product_no
)
select *, row_number() over (partition by quarters_ago order by buyers desc, product_no)::integer as place
from counted
