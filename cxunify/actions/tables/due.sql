-- One row per customer and event of its life cycle that is due within 60 days: a contract that ends or has its anniversary, the day by
-- which half of those who come back have bought again.
with
anniversaries as (
    select
        customer_no, started_date,
        -- The next one: that of this year, or of the next.
        (started_date + ((year($today::date) - year(started_date)) * interval 1 year))::date as this_year,
        (started_date + ((year($today::date) - year(started_date) + 1) * interval 1 year))::date as next_year
    from actions.contracts
),
events as (
    select customer_no, 'contract_end' as event, ends_date as due_date, started_date as since_date
    from actions.contracts
    where ends_date is not null
    union all
    select
        customer_no, 'contract_anniversary',
        case when this_year >= $today::date and this_year > started_date then this_year else next_year end,
        started_date
    from anniversaries
    union all
    select s.customer_no, 'second_purchase', s.first_day + g.days, s.first_day
    from actions.seconds as s
    join actions.second_gaps as g on g.quarters_ago = 0
    where s.second_day is null
)
select customer_no, event, due_date, (due_date - $today::date)::integer as days, since_date
from events
where due_date between $today::date and $today::date + 60
