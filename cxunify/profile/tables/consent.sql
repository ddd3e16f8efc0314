-- Consent is never inferred from silence, and what is not understood is never a yes: of all that follows an unclear statement is as
-- strong as a refusal, and only what it is called differs (null). Of each source its newest statements count, and of these, across
-- sources, the strictest. A record that agrees was written, at the latest, when it was changed or made; one that refuses may have
-- refused at any time after it was made, so a refusal without a date of change is always new, and a yes without any date is the
-- oldest of all. Acts outrank records, whose dates are those of any update: the last act of a customer, if an opt-out, closes; if an
-- opt-in, it opens what was refused before it. An opt-out that names no channel of consent closes every channel that was ever stated;
-- such an opt-in opens nothing.
-- What somebody else refused for a mailbox or number that a customer uses too is refused for the customer: a message reaches both.
with
entries as (
    select
        s.customer_no, r.row_no, r.source, r.updated_at, coalesce(r.updated_at, r.created_at) as dated_at,
        unnest(map_entries(r.consent)) as entry
    from profile.statements as s
    join staging.records as r on r.row_no = s.row_no
    where cardinality(r.consent) > 0
),
-- What a record refused in an earlier extract and says nothing of now is refused: an empty cell takes nothing back.
remembered as (
    select s.customer_no, r.row_no, r.source, m.channel, m.stated_at
    from ledger.refusals as m
    join staging.records as r on r.source = m.source and r.record_id = m.record_id
    join profile.statements as s on s.row_no = r.row_no
    where m.is_refused and list_contains($consents, m.source || ':' || m.channel)
),
stated as (
    select
        customer_no,
        source,
        entry.key as channel,
        case when entry.value then 0 when entry.value is null then 1 else 2 end as strictness,
        case when entry.value then dated_at else updated_at end as stated_at
    from entries
    union all
    select m.customer_no, m.source, m.channel, 2, m.stated_at
    from remembered as m
    anti join (select row_no, entry.key as channel from entries) as e on e.row_no = m.row_no and e.channel = m.channel
),
ordered as (
    select
        customer_no,
        source,
        channel,
        {
            moment: coalesce(stated_at, case when strictness = 0 then timestamp '0001-01-01' else timestamp '9999-12-31' end),
            strictness: strictness,
            stated_at: stated_at
        } as said
    from stated
),
-- Of each source and channel: the newest statement, and of equally new ones the stricter.
newest as (
    select customer_no, source, channel, max(said) as said, count(*) as statements
    from ordered
    group by customer_no, source, channel
),
strictest as (
    select
        customer_no,
        channel,
        max({strictness: said.strictness, moment: said.moment, source: source, stated_at: said.stated_at}) as said,
        max(said.moment) filter (where said.strictness > 0) as refused_until,
        sum(statements)::integer as statements
    from newest
    group by customer_no, channel
),
-- An opt-out at an unknown time is, like such a refusal, always new; an opt-in whose date stands for none is the oldest one.
acts as (
    select
        trace_id, customer_no, channel, is_allowed,
        {
            moment: coalesce(acted_at, timestamp '9999-12-31'), is_strict: not is_allowed, source: source, acted_at: acted_at
        } as act
    from profile.acts
),
aimed as (
    select customer_no, channel, act from acts where channel is not null and customer_no is not null
    union all
    select a.customer_no, s.channel, a.act
    from acts as a
    join strictest as s on s.customer_no = a.customer_no
    where a.channel is null and not a.is_allowed
),
acted as (
    select customer_no, channel, max(act) as act, count(*)::integer as statements
    from aimed
    group by customer_no, channel
),
decided as (
    select
        customer_no,
        channel,
        act is not null
            and (act.is_strict or s.said is null or s.said.strictness = 0 or act.moment > s.refused_until) as by_act,
        act,
        s.said,
        coalesce(s.statements, 0) + coalesce(a.statements, 0) as statements
    from strictest as s
    full join acted as a using (customer_no, channel)
),
own as (
    select
        customer_no,
        channel,
        case when channel = 'email' then 'email' when channel in ('phone', 'sms') then 'phone' end as type,
        case
            when by_act then not act.is_strict
            when said.strictness = 0 then true
            when said.strictness = 2 then false
        end as is_allowed,
        case when by_act then act.source else said.source end as source,
        case when by_act then act.acted_at else said.stated_at end as stated_at,
        case when by_act then 'act' else 'record' end as decided_by,
        statements
    from decided
),
-- Who uses which mailbox or number, each said once: what a till or kiosk states thousands of times would be joined with itself.
points as (
    select s.customer_no, p.type, p.value
    from identity.contact_points as p
    join profile.statements as s on s.row_no = p.row_no
    where p.value is not null and p.status <> 'placeholder'
    union
    select t.customer_no, p.type, p.value
    from identity.contact_points as p
    join profile.traces as t on t.trace_id = p.trace_id
    where p.value is not null and p.status <> 'placeholder' and t.customer_no is not null
),
-- The last act by mailbox or number, whoever's it is: null as a channel stands for each that reaches it.
addressed as (
    select p.type, p.value, a.channel, max(a.act) as act
    from acts as a
    join identity.contact_points as p on p.trace_id = a.trace_id
    where p.value is not null and p.status <> 'placeholder'
    group by p.type, p.value, a.channel
),
-- Of each mailbox or number and channel the newest refusal: what is newer than it is newer than all.
refusals as (
    select
        type, value, channel,
        max({moment: coalesce(stated_at, timestamp '9999-12-31'), source: source, stated_at: stated_at}) as refusal
    from (
        select p.type, p.value, o.channel, o.source, o.stated_at
        from own as o
        join points as p on p.customer_no = o.customer_no and p.type = o.type
        where not o.is_allowed
        union all
        select type, value, channel, act.source, act.acted_at from addressed where act.is_strict
    )
    group by type, value, channel
),
-- A customer's own opt-in that is newer than the other's refusal opens what both use.
shut as (
    select o.customer_no, o.channel, max(r.refusal) as refusal
    from own as o
    join points as p on p.customer_no = o.customer_no and p.type = o.type
    join refusals as r on r.type = p.type and r.value = p.value
    where o.is_allowed
        and (r.channel is null or r.channel = o.channel)
        and not (o.decided_by = 'act' and coalesce(o.stated_at > r.refusal.stated_at, false))
    group by o.customer_no, o.channel
)
select
    o.customer_no,
    n.customer_id,
    o.channel,
    case when s.refusal is null then o.is_allowed else false end as is_allowed,
    case when s.refusal is null then o.source else s.refusal.source end as source,
    case when s.refusal is null then o.stated_at else s.refusal.stated_at end as stated_at,
    case when s.refusal is null then o.decided_by else 'address' end as decided_by,
    o.statements
from own as o
join profile.numbers as n on n.customer_no = o.customer_no
left join shut as s on s.customer_no = o.customer_no and s.channel = o.channel
