-- What is settled with one third is settled between two: a survivor and all that were merged into it.
with
both_ways as (
    select a, b from identity.settled
    union all
    select b, a from identity.settled
)
select a, b from identity.settled
union
select x.a, y.b from both_ways as x join both_ways as y on y.a = x.b and x.a < y.b
