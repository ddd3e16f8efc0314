-- One row per customer and field that is filled with nothing usable in any of the customer's records: a missing e-mail costs
-- nothing where another source has it.
with
bad as (
    select o.customer, c.field, count(*) as n
    from (
        select row_no, field from quality.record_cells
        union all
        select row_no, field from quality.other_cells where subject = 'record'
    ) as c
    join quality.owners as o on o.row_no = c.row_no
    group by all
),
held as (
    select hash(customer_id) as customer, source, count(*) as n
    from identity.assignments
    where hash(customer_id) in (select customer from bad)
    group by all
),
mapped as (
    select b.customer, b.field, any_value(b.n) as bad, sum(h.n) as n
    from bad as b
    join held as h on h.customer = b.customer
    join quality.expectations as e
        on e.source = h.source and e.field = b.field and e.subject = 'record' and e.target is not null
    group by all
)
select customer, field
from mapped
where bad >= n
