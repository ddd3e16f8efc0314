-- One row per capability that tables of other layers serve: how many customers they tell of, and what sums them up;
-- `other` is how many there are, and 0 where there is nothing of its kind.
with
people as (
    select
        count(*) as customers,
        count(*) filter (where channels > 1) as in_several
    from (select customer_no, count(*) as channels from profile.customer_channels group by customer_no) as each_
),
asked as (
    select count(distinct customer_no) as customers, count(distinct case when is_allowed then customer_no end) as agreed
    from profile.consent
),
steps as (
    select from_channel, to_channel, steps
    from profile.channel_flow
    where from_channel <> to_channel and from_channel <> '(start)' and to_channel <> '(end)'
),
service as (
    select sum(complaints)::bigint as complaints, sum(resolved_complaints)::bigint as resolved
    from profile.service_months
    where month_date > ($today::date - interval 1 year)::date
),
kept as (
    select sum(customers)::bigint as customers, sum(buyers)::bigint as buyers
    from profile.retention
    where months_since = 12
),
stores as (
    select count(distinct location) as locations, sum(net_sales) as sales
    from profile.store_months
    where month_date > ($today::date - interval 1 year)::date and location is not null
),
scored as (
    select m.source, m.customer_no, i.score::decimal(18, 4) as score
    from profile.moments as m
    join staging.interactions as i on i.row_no = m.row_no
    where m.kind = 'survey' and i.score is not null and m.has_date and m.occurred_at <= $as_of and m.occurred_date > $today::date - 365
),
-- Two surveys may ask on two scales, and their scores are not averaged.
answers as (
    select count(*) as surveys, count(distinct customer_no) as customers
    from scored
),
averages as (
    select array_to_string(list_sort(list(concat(round(score, 1)::decimal(18, 1)::varchar, ' in ', source))), ', ') as told
    from (select source, avg(score) as score from scored group by source) as each_
),
needs as (
    select count(*) as customers, count(distinct expressed_need) as needs from actions.segments where expressed_need is not null
)
select 'one_view' as capability, customers, in_several::double as one, customers::double as other, null as word, null as next_word
from people
union all
select 'fair_contact', customers, agreed, customers, null, null from asked
union all
select
    'channel_flow', null, sum(steps), count(*),
    arg_max(from_channel, concat(lpad(steps::varchar, 12, '0'), from_channel, to_channel)),
    arg_max(to_channel, concat(lpad(steps::varchar, 12, '0'), from_channel, to_channel))
from steps
union all
select 'complaint_handling', null, resolved, complaints, null, null from service
union all
select 'retention', customers, buyers / nullif(customers, 0), customers, null, null from kept
union all
select 'store_scorecard', null, sales, locations, null, null from stores
union all
select 'feedback', a.customers, a.surveys, a.surveys, e.told, null from answers as a cross join averages as e
union all
select 'expressed_needs', customers, needs, customers, null, null from needs
