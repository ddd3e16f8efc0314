-- One row per customer: the golden record, then everything that was counted. Days are those of the project's zone, as everywhere.
with
recorded as (
    select
        customer_no,
        count(*) as records,
        count(distinct source_no) as sources,
        min(confidence) as identity_confidence,
        min(created_at) as created_at
    from profile.statements
    group by customer_no
),
traced as (
    select customer_no, min(confidence) as identity_confidence
    from profile.traces
    where customer_no is not null
    group by customer_no
),
mixed as (
    select
        customer_no,
        array_to_string(list_sort(list(channel)), ',') as channels,
        bool_or(channel = 'crm') as in_crm,
        bool_or(channel = 'pos') as in_pos,
        bool_or(channel = 'web') as in_web,
        bool_or(channel = 'email') as in_email,
        bool_or(channel = 'survey') as in_survey,
        bool_or(channel = 'support') as in_support,
        bool_or(channel = 'loyalty') as in_loyalty,
        bool_or(channel = 'app') as in_app
    from profile.customer_channels
    group by customer_no
),
allowed as (
    select
        customer_no,
        bool_and(is_allowed) filter (where channel = 'email') as consent_email,
        max(stated_at) filter (where channel = 'email') as consent_email_at,
        max(source) filter (where channel = 'email') as consent_email_from,
        bool_and(is_allowed) filter (where channel = 'phone') as consent_phone,
        max(stated_at) filter (where channel = 'phone') as consent_phone_at,
        max(source) filter (where channel = 'phone') as consent_phone_from,
        bool_and(is_allowed) filter (where channel = 'sms') as consent_sms,
        max(stated_at) filter (where channel = 'sms') as consent_sms_at,
        max(source) filter (where channel = 'sms') as consent_sms_from,
        bool_and(is_allowed) filter (where channel = 'mail') as consent_mail,
        max(stated_at) filter (where channel = 'mail') as consent_mail_at,
        max(source) filter (where channel = 'mail') as consent_mail_from
    from profile.consent
    group by customer_no
),
visited as (
    select customer_no, count(*) as web_sessions
    from profile.sessions, profile.clock
    where customer_no is not null and started_at <= as_of
    group by customer_no
),
served as (
    select
        customer_no,
        count(*) as complaints,
        count(*) filter (where is_open) as open_complaints,
        avg(round(hours_to_resolve * 3600)::bigint) / 3600 as hours_to_resolve
    from profile.cases
    where customer_no is not null and is_complaint
    group by customer_no
),
present as (select as_of, timezone($timezone, as_of::timestamptz)::date as today from profile.clock),
households as (
    select n.customer_no, min(h.household_id) as household_id
    from identity.households as h
    join profile.numbers as n on n.customer_id = h.customer_id
    group by n.customer_no
)
select
    n.customer_no,
    n.customer_id,
    coalesce(nullif(concat_ws(' ', g.given_name, g.family_name), ''), g.full_name) as display_name,
    g.* exclude (customer_no),
    a.consent_email,
    a.consent_email_at,
    a.consent_email_from,
    a.consent_phone,
    a.consent_phone_at,
    a.consent_phone_from,
    a.consent_sms,
    a.consent_sms_at,
    a.consent_sms_from,
    a.consent_mail,
    a.consent_mail_at,
    a.consent_mail_from,
    h.household_id,
    coalesce(r.identity_confidence, t.identity_confidence) as identity_confidence,
    coalesce(r.records, 0) as records,
    coalesce(r.sources, 0) as sources,
    m.channels,
    coalesce(m.in_crm, false) as in_crm,
    coalesce(m.in_pos, false) as in_pos,
    coalesce(m.in_web, false) as in_web,
    coalesce(m.in_email, false) as in_email,
    coalesce(m.in_survey, false) as in_survey,
    coalesce(m.in_support, false) as in_support,
    coalesce(m.in_loyalty, false) as in_loyalty,
    coalesce(m.in_app, false) as in_app,
    least(r.created_at, b.first_at) as first_seen_at,
    b.last_at as last_seen_at,
    b.first_channel,
    b.last_channel,
    coalesce(b.interactions, 0) as interactions,
    k.today - case
        when $timezone = 'UTC' then least(r.created_at, b.first_at)::date
        else timezone($timezone, least(r.created_at, b.first_at)::timestamptz)::date
    end as tenure_days,
    coalesce(b.purchases, 0) as purchases,
    coalesce(b.returns, 0) as returns,
    coalesce(b.purchase_spend, 0) as purchase_spend,
    coalesce(b.return_spend, 0) as return_spend,
    coalesce(b.net_spend, 0) as net_spend,
    $currency as currency,
    coalesce(b.other_currency_amounts, 0) as other_currency_amounts,
    (b.purchase_spend / nullif(b.counted_purchases, 0) + 1e-9)::decimal(18, 2) as average_order_value,
    b.items / nullif(b.item_purchases, 0) as average_basket_items,
    b.returns / nullif(b.purchases, 0) as returns_rate,
    b.first_purchase_at,
    b.last_purchase_at,
    k.today - case
        when $timezone = 'UTC' then b.last_purchase_at::date else timezone($timezone, b.last_purchase_at::timestamptz)::date
    end as days_since_last_purchase,
    coalesce(p.purchase_days, 0) as purchase_days,
    p.repeat_purchase_days,
    p.recency_weeks,
    p.age_weeks,
    p.mean_repeat_spend,
    p.interpurchase_days,
    p.median_interpurchase_days,
    p.rfm_recency,
    p.rfm_frequency,
    p.rfm_monetary,
    coalesce(b.store_purchases, 0) as store_purchases,
    coalesce(b.web_purchases, 0) as web_purchases,
    coalesce(x.web_then_store_7d, 0) as web_then_store_7d,
    coalesce(x.store_then_web_7d, 0) as store_then_web_7d,
    coalesce(v.web_sessions, 0) as web_sessions,
    coalesce(s.contacts, 0) as contacts,
    coalesce(c.complaints, 0) + coalesce(s.loose_complaints, 0) as complaints,
    coalesce(c.open_complaints, 0) + coalesce(s.loose_complaints, 0) as open_complaints,
    c.hours_to_resolve,
    coalesce(s.contacted, 0) as contacted,
    coalesce(s.contacted_7d, 0) as contacted_7d,
    coalesce(s.contacted_30d, 0) as contacted_30d,
    coalesce(s.contacted_90d, 0) as contacted_90d,
    coalesce(s.responses, 0) as responses,
    coalesce(s.surveys, 0) as surveys,
    s.last_survey.score as last_survey_score,
    s.last_survey.moment as last_survey_at,
    k.as_of
from profile.numbers as n
cross join present as k
left join profile.golden as g on g.customer_no = n.customer_no
left join recorded as r on r.customer_no = n.customer_no
left join traced as t on t.customer_no = n.customer_no
left join mixed as m on m.customer_no = n.customer_no
left join allowed as a on a.customer_no = n.customer_no
left join households as h on h.customer_no = n.customer_no
left join profile.behaviour as b on b.customer_no = n.customer_no
left join profile.buyers as p on p.customer_no = n.customer_no
left join profile.crossings as x on x.customer_no = n.customer_no
left join visited as v on v.customer_no = n.customer_no
left join served as c on c.customer_no = n.customer_no
left join profile.service as s on s.customer_no = n.customer_no
