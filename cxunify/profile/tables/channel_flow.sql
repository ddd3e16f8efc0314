-- Steps between channels on customers' days; a silence of more than 30 days ends a path and starts another, and days without a step
-- before or after them are kept as (start) and (end), so that paths that lead nowhere count too (Anderl et al. 2016).
with
stepped as (
    select
        customer_no,
        channel,
        purchases > 0 as is_purchase,
        lag(channel) over path as before,
        lead(channel) over path as after,
        date_diff('second', lag(first_at) over path, first_at) / 86400 as gap_days,
        date_diff('second', first_at, lead(first_at) over path) / 86400 as next_gap_days
    from profile.days
    window path as (partition by customer_no order by first_at, channel)
),
steps as (
    select
        customer_no,
        case when gap_days <= 30 then before else '(start)' end as from_channel,
        channel as to_channel,
        case when gap_days <= 30 then gap_days end as gap_days,
        is_purchase
    from stepped
    union all
    select customer_no, channel, '(end)', null, false
    from stepped
    where coalesce(next_gap_days > 30, true)
)
select
    from_channel,
    to_channel,
    count(*) as steps,
    count(distinct customer_no) as customers,
    median(gap_days) as median_gap_days,
    avg(is_purchase::integer) as purchase_rate
from steps
group by from_channel, to_channel
