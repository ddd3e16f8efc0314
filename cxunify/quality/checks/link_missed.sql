-- id: link_missed
-- dimension: linkage
-- title: Customers of one channel or source whose identifier is another customer's elsewhere
-- subject: customer
-- of: customers
-- price: customers
-- weight: 0.5
-- target: 0.98
-- confidence: estimated
-- method: customers seen in one channel only who share a valid {field} with a customer of another channel, or one and a full name with a customer of other sources; some are two people
-- enough: (select count(*) > 1 from profile.sources) and exists (from quality.customers)
-- lacks: no second source
-- fix: Look at them with `cxunify review`; what a person confirms is joined for good.
-- why: One person is served as two, and each half looks like a one-time buyer.
with
shared as (
    select type, value from identity.identifiers where status = 'valid' group by all having count(distinct customer_id) > 1
),
held as (
    select distinct i.type, i.value, i.customer_id, c.channels
    from identity.identifiers as i
    join shared as s on s.type = i.type and s.value = i.value
    join quality.customers as c on c.customer_id = i.customer_id
    where i.status = 'valid'
),
-- A household shares mailbox and telephone without being one person: given names must not differ. Within a channel there are more
-- of these than missed links, so that only people of one full name, whom no birth date parts, are held for one.
said as (
    select
        a.customer_id, a.source, r.birth_date, case when length(r.given_name) > 1 then lower(strip_accents(r.given_name)) end as given,
        lower(strip_accents(coalesce(r.given_name || ' ' || r.family_name, r.full_name))) as called
    from identity.assignments as a
    join staging.records as r on r.source = a.source and r.record_id = a.record_id
    where a.customer_id in (select customer_id from held)
),
names as (
    select
        customer_id, min(given) as given, list(distinct source order by source) as sources,
        list(distinct called order by called) as called,
        coalesce(list(distinct birth_date order by birth_date) filter (birth_date is not null), []) as born
    from said
    group by customer_id
),
-- What people have decided is not asked again.
decided as (
    select least(a.customer_id, b.customer_id) as one, greatest(a.customer_id, b.customer_id) as other
    from identity.decisions as d
    join identity.assignments as a on a.source = d.source_a and a.record_id = d.record_id_a
    join identity.assignments as b on b.source = d.source_b and b.record_id = d.record_id_b
    where d.decision = 'different'
)
select distinct
    null::varchar as source,
    one.customer_id as key,
    one.type as field,
    null::varchar as location,
    null::timestamp as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    one.customer_id
from held as one
join held as other on other.type = one.type and other.value = one.value and other.customer_id <> one.customer_id
left join names as a on a.customer_id = one.customer_id
left join names as b on b.customer_id = other.customer_id
where
    (least(one.customer_id, other.customer_id), greatest(one.customer_id, other.customer_id)) not in (from decided)
    and (
        (
            len(one.channels) = 1 and not list_contains(other.channels, one.channels[1])
            and coalesce(jaro_winkler_similarity(a.given, b.given) >= 0.85, true)
        )
        or (
            list_has_any(one.channels, other.channels) and not list_has_any(a.sources, b.sources)
            and list_has_any(a.called, b.called)
            and (len(a.born) = 0 or len(b.born) = 0 or list_has_any(a.born, b.born))
        )
    )
