-- Integers for customers, in the order of their ids: joins, groups and sorts below carry four bytes instead of a text.
select customer_id, row_number() over (order by customer_id)::integer as customer_no
from (
    select customer_id from identity.assignments
    union
    select customer_id from identity.trace_assignments where customer_id is not null
)
