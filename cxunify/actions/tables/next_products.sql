-- One row per customer who bought within a year and product: what it buys again, and what goes with what it has; each only where that was
-- right more often than what is popular, on the quarter that was hidden.
with
told as (
    select basis from actions.next_product_checks where verdict = 'better'
),
living as (
    select o.customer_no, t.taste_no
    from actions.owned as o
    join actions.tastes as t on t.quarters_ago = 0 and t.goods = o.goods
    where o.quarters_ago = 0 and o.last_day > $today::date - 365
),
habits as (
    select
        b.customer_no, b.product_no, b.days,
        row_number() over (partition by b.customer_no order by b.days desc, b.last_day desc, b.product_no)::integer as place
    from actions.bought as b
    join living as k on k.customer_no = b.customer_no
    where exists (select 1 from told where basis = 'again')
),
chosen as (
    select customer_no, 'again' as basis, place, product_no, null as because_no, days as support, null as llr
    from habits
    where place <= 5
    union all
    select k.customer_no, 'new', g.place, g.product_no, g.because_no, g.support, g.llr
    from living as k
    join actions.guesses as g on g.quarters_ago = 0 and g.taste_no = k.taste_no
    where exists (select 1 from told where basis = 'new')
)
select
    c.customer_no, n.customer_id, c.basis, c.place as rank, g.product, b.product as because, c.support, round(c.llr::double, 4) as llr
from chosen as c
join profile.numbers as n on n.customer_no = c.customer_no
join actions.goods as g on g.product_no = c.product_no
left join actions.goods as b on b.product_no = c.because_no
