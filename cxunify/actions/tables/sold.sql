-- One row per unit (all, each channel, each place) and whole month of the last 24: net sales, and of customers who are known how many
-- bought, how often, for how much, and how many pieces; sales of nobody stand beside them. A month in which the history began late is
-- none.
with
sold as (
    select
        channel, location, date_trunc('month', occurred_date)::date as month_date, customer_no, trade, revenue, quantity
    from profile.moments
    where
        trade is not null and revenue is not null and has_date and occurred_at <= $as_of
        and occurred_date >= (date_trunc('month', $today::date + 1) - interval 24 month)::date
        and occurred_date < date_trunc('month', $today::date + 1)::date
        and (select is_open from actions.gate where capability = 'drivers')
),
begun as (
    select (date_trunc('month', min(occurred_date) - 3) + interval 1 month)::date as month_date
    from profile.moments
    where trade is not null and has_date and occurred_at <= $as_of
),
placed as (
    select 'all' as unit_kind, 'all' as unit, * from sold
    union all
    select 'channel', channel, * from sold where channel is not null
    union all
    select 'location', location, * from sold where location is not null
)
select
    unit_kind, unit, month_date,
    sum(revenue)::decimal(18, 2) as sales,
    coalesce(sum(revenue) filter (where customer_no is null), 0)::decimal(18, 2) as unknown_sales,
    count(distinct case when trade = 'purchase' then customer_no end) as customers,
    count(*) filter (where trade = 'purchase' and customer_no is not null) as purchases,
    count(*) filter (where trade = 'purchase') as all_purchases,
    coalesce(sum(quantity) filter (where trade = 'purchase'), 0)::double as pieces,
    count(*) filter (where trade = 'purchase' and coalesce(quantity, 0) <= 0) as without_pieces
from placed
where month_date >= (select month_date from begun)
group by unit_kind, unit, month_date
