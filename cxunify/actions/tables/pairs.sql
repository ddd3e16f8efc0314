-- One row per two products that are bought by the same customers more often than chance explains, today and a quarter ago: of each product
-- the twenty that go with it most. Weight: log-likelihood ratio (Dunning 1993); 10.83 is what chance exceeds once in a thousand pairs.
with
had as (
    select t.quarters_ago, t.taste_no, t.customers, p.product_no, p.buyers
    from (select quarters_ago, taste_no, customers, unnest(goods) as product_no from actions.tastes) as t
    join actions.popular as p on p.quarters_ago = t.quarters_ago and p.product_no = t.product_no
    where p.buyers >= 20
),
everybody as (
    select quarters_ago, sum(customers)::bigint as n from actions.tastes group by quarters_ago
),
together as (
    select a.quarters_ago, a.product_no, b.product_no as with_no, a.buyers as one, b.buyers as other, sum(a.customers)::bigint as shared
    from had as a
    join had as b on b.taste_no = a.taste_no and b.product_no <> a.product_no
    group by a.quarters_ago, a.product_no, b.product_no, a.buyers, b.buyers
    having sum(a.customers) >= 10
),
told as (
    select
        t.*, e.n,
        2 * (
            t.shared * ln(t.shared)
            + (t.one - t.shared) * ln(greatest(t.one - t.shared, 1))
            + (t.other - t.shared) * ln(greatest(t.other - t.shared, 1))
            + (e.n - t.one - t.other + t.shared) * ln(greatest(e.n - t.one - t.other + t.shared, 1))
            + e.n * ln(e.n)
            - t.one * ln(t.one) - (e.n - t.one) * ln(greatest(e.n - t.one, 1))
            - t.other * ln(t.other) - (e.n - t.other) * ln(greatest(e.n - t.other, 1))
        ) as llr
    from together as t
    join everybody as e on e.quarters_ago = t.quarters_ago
    where t.shared * e.n > t.one * t.other
),
placed as (
    select *, row_number() over (partition by quarters_ago, product_no order by llr desc, with_no) as place
    from told
    where llr >= 10.83
)
select quarters_ago, product_no, with_no, shared, llr::decimal(18, 4) as llr
from placed
where place <= 20
