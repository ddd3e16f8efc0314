-- One row per list (again: what a customer bought most; new: what goes with that) and number of hits of its five guesses and of the five
-- most popular products: how many customers of a quarter ago. New is judged by what somebody had not bought before.
with
back as (
    select o.customer_no, t.taste_no
    from actions.owned as o
    join actions.tastes as t on t.quarters_ago = 1 and t.goods = o.goods
    where o.quarters_ago = 1 and o.is_back
),
came as (
    select b.customer_no, b.product_no, b.days_before
    from actions.bought as b
    join back as k on k.customer_no = b.customer_no
    where b.days > b.days_before
),
habits as (
    select
        b.customer_no, b.product_no,
        row_number() over (partition by b.customer_no order by b.days_before desc, b.last_day desc, b.product_no) as place
    from actions.bought as b
    join back as k on k.customer_no = b.customer_no
    where b.days_before > 0
),
had as (
    select taste_no, unnest(goods) as product_no from actions.tastes where quarters_ago = 1 and back > 0
),
-- Who has a hundred products lacks five of the first hundred and five.
lacking as (
    select
        t.taste_no, p.product_no, row_number() over (partition by t.taste_no order by p.place) as place
    from actions.tastes as t
    join actions.popular as p on p.quarters_ago = 1 and p.place <= 105
    left join had as h on h.taste_no = t.taste_no and h.product_no = p.product_no
    where t.quarters_ago = 1 and t.back > 0 and h.taste_no is null
),
guessed as (
    select customer_no, product_no, 'again' as basis, true as is_ours from habits where place <= 5
    union all
    select k.customer_no, p.product_no, 'again', false
    from back as k
    join actions.popular as p on p.quarters_ago = 1 and p.place <= 5
    union all
    select k.customer_no, g.product_no, 'new', true
    from back as k
    join actions.guesses as g on g.quarters_ago = 1 and g.taste_no = k.taste_no
    union all
    select k.customer_no, l.product_no, 'new', false
    from back as k
    join lacking as l on l.taste_no = k.taste_no and l.place <= 5
),
hit as (
    select
        g.basis, g.customer_no,
        count(*) filter (where g.is_ours) as ours,
        count(*) filter (where not g.is_ours) as popular
    from guessed as g
    join came as c on c.customer_no = g.customer_no and c.product_no = g.product_no
    where g.basis = 'again' or c.days_before = 0
    group by g.basis, g.customer_no
)
select e.basis, coalesce(h.ours, 0)::integer as ours, coalesce(h.popular, 0)::integer as popular, count(*) as customers
from back as k
cross join (values ('again'), ('new')) as e(basis)
left join hit as h on h.basis = e.basis and h.customer_no = k.customer_no
group by all
