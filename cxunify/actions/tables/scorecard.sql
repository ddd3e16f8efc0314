-- One row per measure that is counted here: of whom or what it is so, of how many it could be. A year and 30 days end with as_of.
with
lately as (
    select customer_no, kind
    from profile.moments
    where has_date and occurred_at <= $as_of and occurred_date > $today::date - 365
),
active as (
    select n.customer_no, n.customer_id
    from profile.behaviour as b
    join profile.numbers as n on n.customer_no = b.customer_no
    where b.last_at <= $as_of and b.last_at > $as_of::timestamp - interval 365 day
),
heard as (
    select distinct customer_no from lately where kind = 'survey'
),
campaigns as (
    select distinct i.campaign
    from profile.moments as m
    join staging.interactions as i on i.row_no = m.row_no
    where
        m.kind = 'contact_out' and i.campaign is not null
        and m.has_date and m.occurred_at <= $as_of and m.occurred_date > $today::date - 365
),
shown as (
    select distinct experiment from actions.lift where basis = 'campaign' and verdict <> 'refused'
),
weighed as (
    select customer_id, bool_or(is_eligible) as is_eligible from actions.contact_limits group by customer_id
),
planned as (
    select distinct customer_id from actions.plan
),
answered as (
    select distinct customer_id from actions.best_actions where customer_id is not null and action is not null
),
noticed as (
    select detectable, judged from actions.trigger_checks where signal = 'any' and direction = 'drop'
)
select 'complaints_resolved' as measure, sum(resolved_complaints)::bigint as counted, sum(complaints)::bigint as population
from profile.service_months
where month_date > ($today::date - interval 1 year)::date
union all
select 'customers_heard', count(h.customer_no), count(*) from active as a left join heard as h on h.customer_no = a.customer_no
union all
select 'profiles_complete', count(customer_no), count(*)
from lately
where kind in ('purchase', 'return', 'contact_in', 'complaint', 'contact_out', 'response')
union all
select 'purchases_anticipated', count(p.expected_purchases_90d), count(*)
from profile.buyers as b
join profile.numbers as n on n.customer_no = b.customer_no
left join actions.predictions as p on p.customer_id = n.customer_id
union all
select 'value_known', count(p.value_365d), count(*)
from profile.buyers as b
join profile.numbers as n on n.customer_no = b.customer_no
left join actions.predictions as p on p.customer_id = n.customer_id
union all
select 'customers_differentiated', count(s.segment), count(*)
from active as a
left join actions.segments as s on s.customer_id = a.customer_id
union all
select 'tracks_walked', count(case when k.channel <> 'none' then 1 end), count(*)
from active as a
left join actions.treatments as t on t.customer_id = a.customer_id
left join actions.tracks as k on k.track = t.track
union all
select 'changes_noticed', detectable, judged from noticed
union all
select 'contacts_welcome', count(case when has_consent then 1 end), count(*) from actions.contact_limits where contacts_30d > 0
union all
select 'contacts_optimised', count(p.customer_id), count(*)
from weighed as w
left join planned as p on p.customer_id = w.customer_id
where w.is_eligible
union all
select 'visitors_answered', count(a.customer_id), count(*)
from profile.numbers as n
left join answered as a on a.customer_id = n.customer_id
union all
select 'best_enrolled', sum(enrolled)::bigint, sum(customers)::bigint
from actions.loyalty_cover
where value_tier in ($top)
union all
select 'campaigns_measured', count(s.experiment), count(*)
from campaigns as c
left join shown as s on s.experiment = c.campaign
union all
select 'tries_followed', sum(case when outcome <> 'lost' then tries end)::bigint, sum(tries)::bigint from actions.lost_sales
