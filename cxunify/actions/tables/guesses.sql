-- One row per set of products and product outside it that goes with them, the five best: for everybody today; a quarter ago for those sets
-- whose customers came back. What goes with more of what somebody has counts more.
with
had as (
    select quarters_ago, taste_no, unnest(goods) as product_no
    from actions.tastes
    where quarters_ago = 0 or back > 0
),
scored as (
    select
        h.quarters_ago, h.taste_no, p.with_no as product_no,
        sum(p.llr) as llr,
        arg_max(h.product_no, p.llr * 1000000 - h.product_no) as because_no,
        arg_max(p.shared, p.llr * 1000000 - h.product_no) as support
    from had as h
    join actions.pairs as p on p.quarters_ago = h.quarters_ago and p.product_no = h.product_no
    left join had as own on own.taste_no = h.taste_no and own.product_no = p.with_no
    where own.taste_no is null
    group by h.quarters_ago, h.taste_no, p.with_no
),
placed as (
    select *, row_number() over (partition by taste_no order by llr desc, product_no)::integer as place
    from scored
)
select quarters_ago, taste_no, place, product_no, because_no, support, llr
from placed
where place <= 5
