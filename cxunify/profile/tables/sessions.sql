-- One row per web visit. The customer is the last one known in it: a login in the middle says whose the beginning was.
with
visits as (
    select
        v.session_no,
        arg_min(case when t.visitor is not null then t.visitor_no end, v.position) as visitor_no,
        arg_max(t.customer_no, v.position) as customer_no,
        arg_min(i.page, v.position) as entry_page,
        arg_max(i.page, v.position) as exit_page,
        arg_min(i.referrer, v.position) as referrer,
        min(i.occurred_at) as started_at,
        max(i.occurred_at) as ended_at,
        count(*) as interactions,
        count(*) filter (where i.kind in ('page_view', 'product_view')) as page_views,
        count(*) filter (where i.kind = 'login') as logins,
        count(*) filter (where i.kind = 'cart') as carts,
        count(m.row_no) as purchases,
        sum(m.revenue) as purchase_spend,
        coalesce(bool_or(case
            when $with_agents
                then regexp_matches(
                    lower(i.properties['user_agent']), 'bot|crawl|spider|slurp|headless|lighthouse|monitor|preview'
                )
        end), false) as is_bot
    from profile.visits as v
    join staging.interactions as i on i.row_no = v.row_no
    left join profile.traces as t on t.trace_id = i.trace_id
    left join (select row_no, revenue from profile.moments where trade = 'purchase') as m on m.row_no = v.row_no
    group by v.session_no
),
tagged as (
    -- Few entries carry a campaign; the others need not be parsed five times.
    select *, contains(entry_page, 'utm_') as is_tagged from visits
),
visitors as (
    select visitor_no, any_value(visitor) as visitor from profile.traces where visitor is not null group by visitor_no
)
select
    v.session_no,
    e.source || ':' || e.interaction_id as session_id,
    v.customer_no,
    n.customer_id,
    w.visitor,
    s.channel,
    e.source,
    e.session as source_session,
    v.started_at,
    v.ended_at,
    date_diff('second', v.started_at, v.ended_at) as duration_seconds,
    v.interactions,
    v.page_views,
    v.entry_page,
    v.exit_page,
    v.referrer,
    nullif(regexp_extract(v.referrer, '^[a-z]+://([^/:?#]+)', 1), '') as referrer_host,
    case when v.is_tagged
        then nullif(try(url_decode(regexp_extract(v.entry_page, '[?&]utm_source=([^&#]*)', 1))), '') end as utm_source,
    case when v.is_tagged
        then nullif(try(url_decode(regexp_extract(v.entry_page, '[?&]utm_medium=([^&#]*)', 1))), '') end as utm_medium,
    case when v.is_tagged
        then nullif(try(url_decode(regexp_extract(v.entry_page, '[?&]utm_campaign=([^&#]*)', 1))), '') end as utm_campaign,
    case when v.is_tagged
        then nullif(try(url_decode(regexp_extract(v.entry_page, '[?&]utm_term=([^&#]*)', 1))), '') end as utm_term,
    case when v.is_tagged
        then nullif(try(url_decode(regexp_extract(v.entry_page, '[?&]utm_content=([^&#]*)', 1))), '') end as utm_content,
    v.logins,
    v.carts,
    v.purchases,
    v.purchase_spend,
    v.purchases > 0 as is_conversion,
    v.is_bot
from tagged as v
join staging.interactions as e on e.row_no = v.session_no
join profile.sources as s on s.source = e.source
left join visitors as w on w.visitor_no = v.visitor_no
left join profile.numbers as n on n.customer_no = v.customer_no
