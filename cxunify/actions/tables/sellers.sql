-- One row per source of sales: the first month of which it tells, and the last. It begins with its first sale, in the month after where
-- that was not in the first three days; one that sells seldom, but tells of other things from the first on, begins with these.
with
begun as (
    select
        source,
        min(occurred_date) as first_day,
        max(occurred_date) as last_day,
        min(case when trade is not null then occurred_date end) as first_sale
    from profile.moments
    where has_date and occurred_at <= $as_of and (select is_open from actions.gate where capability = 'drivers')
    group by source
),
months as (
    select
        source,
        (date_trunc('month', first_day - 3) + interval 1 month)::date as told_from,
        (date_trunc('month', first_sale - 3) + interval 1 month)::date as sold_from,
        date_trunc('month', first_sale)::date as sale_month,
        date_trunc('month', last_day)::date as last_month
    from begun
    where first_sale is not null
)
select source, case when sale_month = told_from then told_from else sold_from end as first_month, last_month
from months
