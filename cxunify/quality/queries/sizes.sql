select least(records, 16)::integer as records, count(*) as customers
from quality.customers where records > 0 group by all order by all
