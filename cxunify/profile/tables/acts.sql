-- What was opted in to and out of. A source whose channel is one of consent speaks of that channel. Where its row names no address
-- of this channel but one of another (a number among the unsubscribed of a newsletter), nobody can say which of the two is meant: an
-- opt-out closes both, an opt-in opens neither, and both are told (quality, consent_elsewhere). A row without any address, which
-- names its customer by a key or card, means the channel of its source; one of any other source means no channel in particular.
-- An opt-out counts whenever it was, also after `$as_of` and without a date that can be read: it was, then, at an unknown time.
with
acts as (
    select
        m.row_no, m.customer_no, i.trace_id, m.source, m.channel, m.kind = 'optin' as is_allowed,
        case when m.has_date or m.kind = 'optin' then m.occurred_at end as acted_at, s.is_consent
    from profile.moments as m
    join profile.sources as s on s.source = m.source
    join staging.interactions as i on i.row_no = m.row_no
    where m.kind = 'optout' or (m.kind = 'optin' and (m.occurred_at <= $as_of or not m.has_date))
    union all
    select o.row_no, t.customer_no, o.trace_id, o.source, s.channel, false, null, s.is_consent
    from staging.undated_optouts as o
    left join profile.traces as t on t.trace_id = o.trace_id
    join profile.sources as s on s.source = o.source
),
-- The hashes are known by their names; whether a plain address is one, identity has found out.
named as (
    select p.trace_id, p.type
    from identity.contact_points as p
    where p.value is not null and p.status <> 'placeholder'
    union all
    select e.trace_id, case when starts_with(e.entry.key, 'email_') then 'email' else 'phone' end
    from (select trace_id, unnest(map_entries(identifiers)) as entry from staging.traces) as e
    where e.entry.key in ('email_md5', 'email_sha1', 'email_sha256', 'phone_md5', 'phone_sha1', 'phone_sha256')
),
addresses as (
    select trace_id, bool_or(type = 'email') as has_email, bool_or(type = 'phone') as has_phone
    from named
    where trace_id in (select trace_id from acts)
    group by trace_id
),
meant as (
    select
        a.row_no, a.customer_no, a.trace_id, a.source, a.is_allowed, a.acted_at,
        case when a.is_consent then a.channel end as channel,
        case
            when a.channel = 'email' then coalesce(d.has_phone and not d.has_email, false)
            when a.channel in ('phone', 'sms') then coalesce(d.has_email and not d.has_phone, false)
            else false
        end as is_elsewhere
    from acts as a
    left join addresses as d on d.trace_id = a.trace_id
)
select
    row_no, customer_no, trace_id, source, is_allowed, acted_at, is_elsewhere,
    case when is_elsewhere and is_allowed then null else channel end as channel
from meant
union all
select m.row_no, m.customer_no, m.trace_id, m.source, m.is_allowed, m.acted_at, m.is_elsewhere, o.channel
from meant as m
join (values ('email', 'phone'), ('email', 'sms'), ('phone', 'email'), ('sms', 'email')) as o (of, channel) on o.of = m.channel
where m.is_elsewhere and not m.is_allowed
