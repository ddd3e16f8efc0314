-- Complaints, their resolution, and first-contact resolution: no other contact of the same customer about the same reason within
-- 7 days. Contacts whose 7 days are not over at as_of are left out of the rate, never counted as resolved.
with
contacts as (
    select
        m.channel,
        date_trunc('month', m.occurred_date)::date as month_date,
        m.occurred_at,
        lead(m.occurred_at) over (partition by m.customer_no, i.reason order by m.occurred_at, m.row_no) as next_at
    from profile.moments as m
    join staging.interactions as i on i.row_no = m.row_no
    where m.kind in ('contact_in', 'complaint') and m.customer_no is not null and m.occurred_at <= $as_of and m.has_date
),
contacted as (
    select
        channel,
        month_date,
        count(*) as contacts,
        avg((next_at is null or next_at > occurred_at + interval 7 day)::integer)
            filter (where occurred_at < $as_of::timestamp - interval 7 day) as first_contact_resolution
    from contacts
    group by channel, month_date
),
complained as (
    select
        channel,
        date_trunc('month', timezone($timezone, opened_at::timestamptz))::date as month_date,
        count(*) as complaints,
        count(*) filter (where not is_open) as resolved_complaints,
        median(hours_to_resolve) as median_hours_to_resolve
    from profile.cases
    where is_complaint
    group by all
),
ordered as (
    select date_trunc('month', occurred_date)::date as month_date, count(*) as purchases
    from profile.moments
    where trade = 'purchase' and occurred_at <= $as_of and has_date
    group by all
)
select
    channel,
    month_date,
    coalesce(a.contacts, 0) as contacts,
    a.first_contact_resolution,
    coalesce(c.complaints, 0) as complaints,
    coalesce(c.resolved_complaints, 0) as resolved_complaints,
    c.resolved_complaints / nullif(c.complaints, 0) as resolution_rate,
    c.median_hours_to_resolve,
    1000 * coalesce(c.complaints, 0) / nullif(o.purchases, 0) as complaints_per_1000_orders
from contacted as a
full join complained as c using (channel, month_date)
left join ordered as o using (month_date)
