-- What is expected of each customer from today on.
select
    n.customer_no,
    n.customer_id,
    o.p_alive,
    o.p_purchase_30d,
    o.p_purchase_90d,
    o.expected_purchases_30d,
    o.expected_purchases_90d,
    o.expected_purchases_365d,
    o.next_purchase_date,
    o.next_purchase_from_date,
    o.next_purchase_until_date,
    o.expected_spend,
    o.value_90d,
    o.value_365d,
    o.value_rank,
    o.value_tier,
    o.overdue_days,
    o.basis
from temp.outlooks as o
join profile.numbers as n on n.customer_no = o.customer_no
where o.quarters_ago = 0
