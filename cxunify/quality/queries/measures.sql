-- One row per measure that a requirement may name: its value, and how many customers, with which revenue, fall short of it
-- one by one (null: it is a property of the whole data; if it fails, it fails for everybody).
with
money as (
    select
        sum(purchases) as purchases,
        sum(purchases) filter (where identified) as identified_purchases,
        min(day) filter (where purchases > 0 and day <= $today::date) as first_day,
        max(day) filter (where purchases > 0 and day <= $today::date) as last_day
    from quality.daily
),
-- A quote is a cart of those who do not sell from a shelf: what follows it is looked at likewise.
kinds as (
    select
        case kind when 'quote' then 'cart' else kind end as kind,
        sum(interactions) as interactions,
        sum(interactions) filter (where identified) as identified,
        sum(interactions) filter (where identified) / sum(interactions) as linked
    from quality.daily
    group by all
),
buyers as (
    select customer_id, revenue, purchases, purchase_days, interpurchase_days, is_whole
    from quality.customers
    where purchases > 0
),
reach as (
    select c.revenue, c.purchases, c.has_consent, c.has_card, c.asks_email and l.customer is null as reachable
    from quality.customers as c
    left join quality.lacking as l on l.customer = c.customer and l.field = 'email'
),
filled as (
    select subject, field, sum(valid) / nullif(sum("rows"), 0) as share
    from quality.coverage
    group by all
),
counts as (
    select
        count(*) as customers,
        count(*) filter (where len(channels) > 1) as in_several,
        count(*) filter (where len(channels) < 2) as in_one,
        sum(revenue) filter (where len(channels) < 2) as revenue_in_one,
        count(*) filter (where baseline > 0) as followed,
        count(*) filter (where created_at < first_purchase_day) as older,
        count(*) filter (where created_at is not null and purchases > 0) as dated
    from quality.customers
),
loose as (
    select count(*) as complaints
    from quality.facts as f
    join quality.happened as i on i.row_no = f.row_no
    where f.kind = 'complaint' and i.case_id is null
),
-- Sums of whole numbers are the same in whatever order the threads add them up; those of floats, and so corr(), are not.
spending as (
    select
        count(*)::hugeint as n,
        sum(x) as sx, sum(y) as sy, sum(x * y) as sxy, sum(x * x) as sxx, sum(y * y) as syy
    from (
        select purchase_days::hugeint as x, (100 * revenue / purchase_days)::hugeint as y
        from buyers
        where purchase_days > 1 and is_whole
    )
)
select 'purchases_linked' as measure, (identified_purchases / nullif(purchases, 0))::double as value,
    null::bigint as customers, null::decimal(18, 2) as revenue
from money
union all
select 'history_days', date_diff('day', first_day, last_day) + 1, null, null from money
union all
select 'history_gaps', (select (date_diff('day', first_day, last_day) + 1) from money) / nullif(median(interpurchase_days), 0), null, null
from buyers where purchase_days > 1
union all
select 'buyers', count(*), null, null from buyers
union all
select 'life_events',
    nullif(count(*) + coalesce((select identified from kinds where kind = 'contract_start'), 0), 0), null, null
from buyers
union all
select 'repeat_buyers', count(*), null, null from buyers where purchase_days > 1
union all
select 'spend_frequency_correlation',
    abs(n * sxy - sx * sy) / nullif(sqrt((n * sxx - sx * sx)::double) * sqrt((n * syy - sy * sy)::double), 0), null, null
from spending
union all
select kind || '_linked', linked::double, null, null from kinds
union all
select kind || '_count', interactions, null, null from kinds
union all
select 'email_reachable', count(*) filter (where reachable) / nullif(count(*), 0), count(*) filter (where not reachable),
    sum(revenue) filter (where not reachable)
from reach
union all
select 'consent_known', count(*) filter (where has_consent) / nullif(count(*), 0), count(*) filter (where not has_consent),
    sum(revenue) filter (where not has_consent)
from reach
union all
select 'card_held', count(*) filter (where has_card) / nullif(count(*), 0), count(*) filter (where not has_card),
    sum(revenue) filter (where not has_card)
from reach
where purchases > 0
union all
select 'channels_joined', in_several / nullif(customers, 0), in_one, revenue_in_one from counts
union all
select 'customers', customers, null, null from counts
union all
select 'customers_followed', followed, null, null from counts
union all
select 'interactions_per_customer', sum(interactions) / nullif(count(*), 0), null, null from quality.customers
union all
select 'sources_fresh', count(*) filter (where silent_days <= allowed_days) / nullif(count(*), 0), null, null from quality.freshness
union all
select field || '_filled', share::double, null, null from filled where subject = 'interaction'
union all
select 'contacts_after_optout', 1 - count(*) / nullif((select interactions from kinds where kind = 'contact_out'), 0), null, null
from quality.facts as f
where f.kind = 'contact_out' and exists (
    select 1 from quality.facts as o
    where o.customer_no = f.customer_no and o.kind = 'optout' and o.occurred_at < f.occurred_at
)
union all
-- A complaint without a case id is one that nothing can be tied to; where none has an id, there is nothing to tell it by.
select 'complaints_resolved',
    count(*) filter (where is_complaint and not is_open) / nullif(
        count(*) filter (where is_complaint) + any_value(l.complaints) filter (where is_complaint), 0
    ), null, null
from profile.cases
cross join loose as l
