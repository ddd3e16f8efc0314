-- One row per web visit. The customer is the last one known in it: a login in the middle says whose the beginning was.
with
visits as (
    select
        v.session_no,
        arg_max(t.customer_no, v.position) filter (where t.customer_no is not null) as customer_no,
        arg_min(t.visitor, v.position) filter (where t.visitor is not null) as visitor,
        arg_min(i.session, v.position) filter (where i.session is not null) as source_session,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(*) as interactions,
        count(*) filter (where kind in ('page_view', 'product_view')) as page_views,
        arg_min(page, v.position) filter (where page is not null) as entry_page,
        arg_max(page, v.position) filter (where page is not null) as exit_page,
        arg_min(referrer, v.position) filter (where referrer is not null) as referrer,
        count(*) filter (where kind = 'login') as logins,
        count(*) filter (where kind = 'cart') as carts,
        count(*) filter (where kind = 'purchase') as purchases,
        sum(amount) filter (where kind = 'purchase') as purchase_spend,
        coalesce(bool_or(
            regexp_matches(lower(i.properties['user_agent']), 'bot|crawl|spider|slurp|headless|lighthouse|monitor|preview')
        ), false) as is_bot
    from profile.visits as v
    join staging.interactions as i on i.rowid = v.row_id
    left join profile.traces as t on t.trace_id = i.trace_id
    group by v.session_no
)
select
    v.session_no,
    e.source || ':' || e.interaction_id as session_id,
    v.customer_no,
    n.customer_id,
    v.visitor,
    s.channel,
    e.source,
    v.source_session,
    v.started_at,
    v.ended_at,
    date_diff('second', v.started_at, v.ended_at) as duration_seconds,
    v.interactions,
    v.page_views,
    v.entry_page,
    v.exit_page,
    v.referrer,
    nullif(regexp_extract(v.referrer, '^[a-z]+://([^/:?#]+)', 1), '') as referrer_host,
    nullif(url_decode(regexp_extract(v.entry_page, '[?&]utm_source=([^&#]*)', 1)), '') as utm_source,
    nullif(url_decode(regexp_extract(v.entry_page, '[?&]utm_medium=([^&#]*)', 1)), '') as utm_medium,
    nullif(url_decode(regexp_extract(v.entry_page, '[?&]utm_campaign=([^&#]*)', 1)), '') as utm_campaign,
    nullif(url_decode(regexp_extract(v.entry_page, '[?&]utm_term=([^&#]*)', 1)), '') as utm_term,
    nullif(url_decode(regexp_extract(v.entry_page, '[?&]utm_content=([^&#]*)', 1)), '') as utm_content,
    v.logins,
    v.carts,
    v.purchases,
    v.purchase_spend,
    v.purchases > 0 as is_conversion,
    v.is_bot
from visits as v
join staging.interactions as e on e.rowid = v.session_no
join profile.sources as s on s.source = e.source
left join profile.numbers as n on n.customer_no = v.customer_no
