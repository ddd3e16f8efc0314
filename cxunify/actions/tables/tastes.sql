-- One row per set of products that customers had bought, today and a quarter ago: of how many it was all, and how many of them came
-- back in the quarter since. Customers with the same set are told the same.
select
    quarters_ago,
    row_number() over (order by quarters_ago, goods)::integer as taste_no,
    goods,
    count(*) as customers,
    count(*) filter (where is_back) as back
from actions.owned
group by quarters_ago, goods
