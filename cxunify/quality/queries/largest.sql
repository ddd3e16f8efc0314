select customer_id, records from quality.customers where records > 0
order by records desc, customer_id limit 5
