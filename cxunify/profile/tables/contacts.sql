-- Mailboxes and numbers that a customer's records state or its interactions carry. `standing`: 3 the customer's own, 1 shared with
-- others; placeholders are no contacts. Numbers are published as identity normalised them, mailboxes as people write them.
with
stated as (
    select
        s.customer_no, s.source_no, s.row_no, s.stated_at, s.recency, s.trust,
        'email' as type, lower(trim(unnest(r.emails))) as raw, generate_subscripts(r.emails, 1) as place
    from profile.statements as s
    join staging.records as r on r.row_no = s.row_no
    union all
    select
        s.customer_no, s.source_no, s.row_no, s.stated_at, s.recency, s.trust,
        'phone', trim(unnest(r.phones)), generate_subscripts(r.phones, 1)
    from profile.statements as s
    join staging.records as r on r.row_no = s.row_no
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
mailboxes as (
    select
        *,
        -- As identity compares them: without a tag behind a plus, and Gmail's without dots.
        case
            when contains(raw, '+') or ends_with(raw, '@gmail.com') or ends_with(raw, '@googlemail.com')
                then replace(split_part(split_part(raw, '@', 1), '+', 1), case when regexp_matches(raw, '@g(oogle)?mail[.]com$') then '.' else '+' end, '')
                    || '@' || replace(split_part(raw, '@', 2), 'googlemail.com', 'gmail.com')
            else raw
        end as same
    from stated
    where type = 'email' and regexp_full_match(raw, '[^@\s]+@[^@\s]+\.[^@\s.]+')
),
numbers as (
    select *, ltrim(regexp_replace(raw, '\D', '', 'g'), '0') as same
    from stated
    where type = 'phone'
),
known as (
    select n.customer_no, i.type, i.value, i.status, case when i.type = 'phone' then right(i.value, 6) end as ending
    from identity.identifiers as i
    join profile.numbers as n on n.customer_id = i.customer_id
    where i.type = 'phone' or (i.type = 'email' and i.status <> 'valid')
)
select
    m.customer_no, m.source_no, m.row_no, m.stated_at, m.recency, m.trust, m.type, m.place,
    m.raw as contact,
    case when k.status = 'shared' then 1 else 3 end as standing
from mailboxes as m
left join known as k on k.customer_no = m.customer_no and k.type = 'email' and k.value = m.same
where coalesce(k.status, '') <> 'placeholder'
union all
select
    m.customer_no, m.source_no, m.row_no, m.stated_at, m.recency, m.trust, m.type, m.place,
    coalesce(k.value, m.same),
    case when k.status = 'shared' then 1 else 3 end
from numbers as m
-- A number without its country's code is the end of the normalised one.
left join known as k
    on k.customer_no = m.customer_no and k.type = 'phone' and k.ending = right(m.same, 6) and ends_with(k.value, m.same)
where coalesce(k.status, '') <> 'placeholder'
    and (
        k.status is not null
        or (
            length(m.same) between 7 and 15
            and not regexp_full_match(m.same, '(1?0+|1+|2+|3+|4+|5+|6+|7+|8+|9+|1?23456789\d?)')
        )
    )
