-- One row per customer, of what is told of it beside its days: records, channels, consent, sessions, complaints, household. It is a table
-- because views are paid by whoever reads one column of them.
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
households as (
    select n.customer_no, min(h.household_id) as household_id
    from identity.households as h
    join profile.numbers as n on n.customer_id = h.customer_id
    group by n.customer_no
)
select
    n.customer_no,
    coalesce(r.identity_confidence, t.identity_confidence) as identity_confidence,
    r.records,
    r.sources,
    r.created_at,
    m.* exclude (customer_no),
    a.* exclude (customer_no),
    v.web_sessions,
    c.complaints,
    c.open_complaints,
    c.hours_to_resolve,
    h.household_id
from profile.numbers as n
left join recorded as r on r.customer_no = n.customer_no
left join traced as t on t.customer_no = n.customer_no
left join mixed as m on m.customer_no = n.customer_no
left join allowed as a on a.customer_no = n.customer_no
left join visited as v on v.customer_no = n.customer_no
left join served as c on c.customer_no = n.customer_no
left join households as h on h.customer_no = n.customer_no
