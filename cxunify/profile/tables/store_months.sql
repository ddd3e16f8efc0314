-- Sales by place and month, identified or not: interactions of nobody are counted, never dropped. Two surveys may ask on two scales:
-- scores of several sources, or of surveys and of mystery shops, have no average.
with
placed as (
    select
        m.channel, m.location, date_trunc('month', m.occurred_date)::date as month_date, m.customer_no, m.occurred_at,
        coalesce(m.trade, m.kind) as kind, m.revenue, m.source, i.score
    from profile.moments as m
    left join staging.interactions as i on i.row_no = m.row_no and i.score is not null
    where m.location is not null and m.occurred_at <= $as_of and m.has_date
        and m.kind in ('purchase', 'return', 'complaint', 'survey', 'mystery_shop')
),
scored as (
    select channel, location, month_date, min(source) as score_source, avg(score::decimal(18, 4)) as average_score
    from placed
    where score is not null and kind in ('survey', 'mystery_shop')
    group by channel, location, month_date
    having min(source) = max(source) and min(kind) = max(kind)
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
    any_value(s.score_source) as score_source,
    any_value(s.average_score) as average_score
from placed as p
left join profile.behaviour as b on b.customer_no = p.customer_no
left join scored as s on s.channel = p.channel and s.location = p.location and s.month_date = p.month_date
group by p.channel, p.location, p.month_date
