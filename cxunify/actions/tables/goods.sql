-- One row per product that known customers have bought: its number, in the order of names.
select product, row_number() over (order by product)::integer as product_no
from temp.purchased
group by product
