-- One row per unit (all, each channel, each place) and whole month of the last 24: net sales, and of customers who are known how many
-- bought, how often, for how much, and how many pieces; sales of nobody stand beside them. Of a source that tells of only one of a month
-- and the same month of the other year, nothing is compared: its sales are `left_out`. A month in which the history began late is none.
with
sold as (
    select
        source, channel, location, date_trunc('month', occurred_date)::date as month_date, customer_no, trade, revenue, quantity
    from profile.moments
    where
        trade is not null and revenue is not null and has_date and occurred_at <= $as_of
        and occurred_date >= (date_trunc('month', $today::date + 1) - interval 24 month)::date
        and occurred_date < date_trunc('month', $today::date + 1)::date
        and (select is_open from actions.gate where capability = 'drivers')
),
-- Each month is one of the last twelve, or the one that one of those is held against.
compared as (
    select
        f.*,
        case
            when f.month_date >= (date_trunc('month', $today::date + 1) - interval 12 month)::date
                then f.month_date >= (s.first_month + interval 12 month)::date
            else f.month_date >= s.first_month and (f.month_date + interval 12 month)::date <= s.last_month
        end as is_compared
    from sold as f
    join actions.sellers as s on s.source is not distinct from f.source
),
placed as (
    select 'all' as unit_kind, 'all' as unit, * from compared
    union all
    select 'channel', channel, * from compared where channel is not null
    union all
    select 'location', location, * from compared where location is not null
)
select
    unit_kind, unit, month_date,
    coalesce(sum(revenue) filter (where is_compared), 0)::decimal(18, 2) as sales,
    coalesce(sum(revenue) filter (where is_compared and customer_no is null), 0)::decimal(18, 2) as unknown_sales,
    count(distinct case when is_compared and trade = 'purchase' then customer_no end) as customers,
    count(*) filter (where is_compared and trade = 'purchase' and customer_no is not null) as purchases,
    count(*) filter (where is_compared and trade = 'purchase') as all_purchases,
    coalesce(sum(quantity) filter (where is_compared and trade = 'purchase'), 0)::double as pieces,
    count(*) filter (where is_compared and trade = 'purchase' and coalesce(quantity, 0) <= 0) as without_pieces,
    coalesce(sum(revenue) filter (where not is_compared), 0)::decimal(18, 2) as left_out
from placed
where month_date >= (select min(first_month) from actions.sellers)
group by unit_kind, unit, month_date
