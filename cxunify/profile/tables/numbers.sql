-- Integers for customers: joins and groups below carry eight bytes instead of a text. Each is made of its customer's id, and so is the
-- same whoever comes and goes.
select customer_id, cast(hash(customer_id) >> 1 as bigint) as customer_no
from (
    select customer_id from identity.assignments
    union
    select customer_id from identity.trace_assignments where customer_id is not null
)
