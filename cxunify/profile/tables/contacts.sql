-- Mailboxes and numbers that a customer's records state or its interactions carry, as identity normalised them. `standing`: 3 the
-- customer's own, 2 unknown to identity, 1 shared with others; placeholders are no contacts.
with
stated as (
    select
        s.customer_no, s.source_no, s.row_id, s.stated_at, s.recency, s.trust,
        'email' as type, lower(trim(unnest(r.emails))) as raw, generate_subscripts(r.emails, 1) as place
    from profile.statements as s
    join staging.records as r on r.rowid = s.row_id
    union all
    select
        s.customer_no, s.source_no, s.row_id, s.stated_at, s.recency, s.trust,
        'phone', trim(unnest(r.phones)), generate_subscripts(r.phones, 1)
    from profile.statements as s
    join staging.records as r on r.rowid = s.row_id
    union all
    -- Interactions' identifiers rank below what any record says.
    select
        t.customer_no, s.source_no, null, max(r.last_at), 0, -1 - s.source_no,
        named.type, lower(trim(r.identifiers[named.type])) as raw, 1
    from staging.traces as r
    join profile.traces as t on t.trace_id = r.trace_id
    join profile.sources as s on s.source = r.source
    cross join (values ('email'), ('phone')) as named(type)
    where t.customer_no is not null and r.identifiers[named.type] is not null
    group by t.customer_no, s.source_no, named.type, raw
),
keyed as (
    select *, case when type = 'phone' then ltrim(regexp_replace(raw, '\D', '', 'g'), '0') else raw end as same
    from stated
),
known as (
    select
        n.customer_no, i.type, i.value, i.status,
        case when i.type = 'phone' then regexp_replace(i.value, '\D', '', 'g') else i.value end as same
    from identity.identifiers as i
    join profile.numbers as n on n.customer_id = i.customer_id
    where i.type in ('email', 'phone')
)
select
    s.customer_no, s.source_no, s.row_id, s.stated_at, s.recency, s.trust, s.type, s.place,
    case when s.type = 'email' then s.raw else coalesce(k.value, s.same) end as contact,
    case k.status when 'valid' then 3 when 'shared' then 1 else 2 end as standing
from keyed as s
-- A number without its country's code is the end of the normalised one.
left join known as k on k.customer_no = s.customer_no and k.type = s.type and right(k.same, 6) = right(s.same, 6) and ends_with(k.same, s.same)
where coalesce(k.status, '') <> 'placeholder'
    and case
        when k.status is not null then true
        when s.type = 'email' then regexp_full_match(s.raw, '[^@\s]+@[^@\s]+\.[^@\s.]+')
        else length(s.same) between 7 and 15 and not regexp_full_match(s.same, '(1?0+|1+|2+|3+|4+|5+|6+|7+|8+|9+|1?23456789\d?)')
    end
