-- Consent is never inferred from silence. Of each source its newest statements count (undated ones are always new), and of these,
-- across sources, the strictest. Acts outrank records, whose dates are those of any update: the last act of a customer, if an
-- opt-out, closes; if an opt-in, it opens what was refused before it. An opt-out that names no channel of consent closes every
-- channel that was ever stated; such an opt-in opens nothing.
with
stated as (
    select
        n.customer_no,
        r.source,
        unnest(map_keys(r.consent)) as channel,
        unnest(map_values(r.consent)) as is_allowed,
        coalesce(r.updated_at, r.created_at) as stated_at
    from staging.records as r
    join identity.assignments as a on a.source = r.source and a.record_id = r.record_id
    join profile.numbers as n on n.customer_id = a.customer_id
    where cardinality(r.consent) > 0
),
aged as (
    select
        customer_no, source, channel, is_allowed, stated_at,
        rank() over (partition by customer_no, source, channel order by stated_at desc nulls first) as age
    from stated
    where is_allowed is not null
),
strictest as (
    select
        customer_no,
        channel,
        bool_and(is_allowed) filter (where age = 1) as is_allowed,
        min({allowed: is_allowed, source: source}) filter (where age = 1) as decisive,
        max(stated_at) filter (where age = 1 and not is_allowed) as refused_at,
        coalesce(bool_or(stated_at is null) filter (where age = 1 and not is_allowed), false) as is_refusal_undated,
        max(stated_at) filter (where age = 1 and is_allowed) as granted_at,
        count(*)::integer as statements
    from aged
    group by customer_no, channel
),
acts as (
    select
        customer_no, source, occurred_at, kind = 'optin' as is_allowed,
        case when channel in ('email', 'phone', 'sms', 'mail', 'push') then channel end as channel
    from profile.moments
    where kind in ('optin', 'optout') and customer_no is not null and occurred_at <= $as_of
),
aimed as (
    select customer_no, channel, source, occurred_at, is_allowed from acts where channel is not null
    union all
    select a.customer_no, s.channel, a.source, a.occurred_at, false
    from acts as a
    join strictest as s on s.customer_no = a.customer_no
    where a.channel is null and not a.is_allowed
),
acted as (
    select
        customer_no,
        channel,
        max({moment: occurred_at, is_strict: not is_allowed, source: source}) as act,
        count(*)::integer as statements
    from aimed
    group by customer_no, channel
),
decided as (
    select
        customer_no,
        channel,
        act is not null
            and (act.is_strict or coalesce(s.is_allowed, true) or (not is_refusal_undated and act.moment > refused_at)) as by_act,
        act,
        s.is_allowed,
        decisive.source as source,
        case when s.is_allowed then granted_at when not is_refusal_undated then refused_at end as stated_at,
        coalesce(s.statements, 0) + coalesce(a.statements, 0) as statements
    from strictest as s
    full join acted as a using (customer_no, channel)
)
select
    d.customer_no,
    n.customer_id,
    d.channel,
    case when d.by_act then not d.act.is_strict else d.is_allowed end as is_allowed,
    case when d.by_act then d.act.source else d.source end as source,
    case when d.by_act then d.act.moment else d.stated_at end as stated_at,
    d.statements
from decided as d
join profile.numbers as n on n.customer_no = d.customer_no
