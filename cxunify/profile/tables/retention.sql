-- The cohort triangle. A month that as_of cuts short is absent, not low: its buyers may still come.
with
daily as (
    select
        customer_no,
        date_trunc('month', day)::date as month_date,
        coalesce(sum(purchase_spend), 0) - coalesce(sum(return_spend), 0) as spend,
        sum(purchases) as purchases
    from profile.days
    group by all
),
cohorts as (
    select customer_no, min(month_date) as cohort_date
    from daily
    where purchases > 0
    group by customer_no
),
sizes as (
    select cohort_date, count(*) as customers from cohorts group by cohort_date
),
complete as (
    select date_trunc('month', timezone($timezone, $as_of::timestamp::timestamptz)::date + 1)::date as until_date
),
months as (
    select s.cohort_date, s.customers, unnest(range(date_diff('month', s.cohort_date, c.until_date))) as months_since
    from sizes as s, complete as c
),
bought as (
    select
        c.cohort_date,
        date_diff('month', c.cohort_date, d.month_date)::integer as months_since,
        count(*) filter (where d.purchases > 0) as buyers,
        sum(d.spend) as net_spend
    from cohorts as c
    join daily as d on d.customer_no = c.customer_no
    group by all
)
select
    m.cohort_date,
    m.months_since,
    m.customers,
    coalesce(b.buyers, 0) as buyers,
    coalesce(b.buyers, 0) / m.customers as retention_rate,
    coalesce(b.net_spend, 0) as net_spend
from months as m
left join bought as b using (cohort_date, months_since)
