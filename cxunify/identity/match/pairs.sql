with
judged as (
    select c.a, c.b, w.weight, w.is_forbidden, w.is_settled, false as is_parted
    from identity.comparisons as c
    join identity.weights as w on w.pattern = c.pattern
),
decided as (
    select a, b, 0 as weight, false as is_forbidden, true as is_settled, false as is_parted from identity.settled
    union all
    select a, b, 0, true, false, true from identity.parted
)
select * from judged anti join decided using (a, b)
union all
select a, b, 0, bool_or(is_forbidden), bool_or(is_settled), bool_or(is_parted) from decided group by a, b
