-- Consent is never inferred from silence. Of each source its newest statements count (undated ones are always new), and of these,
-- across sources, the strictest. Acts outrank records, whose dates are those of any update: the last act of a customer, if an
-- opt-out, closes; if an opt-in, it opens what was refused before it. An opt-out that names no channel of consent closes every
-- channel that was ever stated; such an opt-in opens nothing.
with
entries as (
    select
        s.customer_no,
        r.source,
        unnest(map_entries(r.consent)) as entry,
        coalesce(r.updated_at, r.created_at) as stated_at
    from profile.statements as s
    join staging.records as r on r.row_no = s.row_no
    where cardinality(r.consent) > 0
),
stated as (
    select customer_no, source, entry.key as channel, entry.value as is_allowed, stated_at from entries
),
-- Of each source and channel: the newest statement, undated ones first, and of equally new ones the stricter.
newest as (
    select
        customer_no,
        source,
        channel,
        max({is_undated: stated_at is null, stated_at: stated_at, is_refusal: not is_allowed}) as said,
        count(*) as statements
    from stated
    where is_allowed is not null
    group by customer_no, source, channel
),
strictest as (
    select
        customer_no,
        channel,
        not bool_or(said.is_refusal) as is_allowed,
        min({is_allowed: not said.is_refusal, source: source}).source as source,
        max(said.stated_at) filter (where said.is_refusal) as refused_at,
        coalesce(bool_or(said.is_undated) filter (where said.is_refusal), false) as is_refusal_undated,
        max(said.stated_at) filter (where not said.is_refusal) as granted_at,
        sum(statements)::integer as statements
    from newest
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
        s.source,
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
