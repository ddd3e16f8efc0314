-- Sales by place and month, identified or not: interactions of nobody are counted, never dropped.
with
placed as (
    select
        m.channel, m.location, date_trunc('month', m.occurred_date)::date as month_date, m.customer_no, i.score, m.occurred_at,
        coalesce(m.trade, m.kind) as kind, m.revenue
    from profile.moments as m
    left join staging.interactions as i on i.row_no = m.row_no and i.score is not null
    where m.location is not null and m.occurred_at <= $as_of and m.has_date
        and m.kind in ('purchase', 'return', 'complaint', 'survey', 'mystery_shop')
)
select
    p.channel,
    p.location,
    p.month_date,
    count(*) filter (where p.kind = 'purchase') as purchases,
    count(*) filter (where p.kind = 'return') as returns,
    coalesce(sum(p.revenue), 0) as net_sales,
    avg(p.revenue) filter (where p.kind = 'purchase') as average_purchase,
    count(distinct p.customer_no) filter (where p.kind = 'purchase') as buyers,
    count(distinct p.customer_no) filter (where p.kind = 'purchase' and p.occurred_at = b.first_purchase_at) as new_buyers,
    count(p.customer_no) filter (where p.kind = 'purchase') / nullif(count(*) filter (where p.kind = 'purchase'), 0) as identified_share,
    count(*) filter (where p.kind = 'complaint') as complaints,
    count(*) filter (where p.kind in ('survey', 'mystery_shop')) as surveys,
    avg(p.score::decimal(18, 4)) filter (where p.kind in ('survey', 'mystery_shop')) as average_score
from placed as p
left join profile.behaviour as b on b.customer_no = p.customer_no
group by p.channel, p.location, p.month_date
