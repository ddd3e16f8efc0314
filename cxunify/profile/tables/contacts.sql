-- Mailboxes and numbers that a customer's records state or its interactions carry, as identity reads them. `standing`: 3 the
-- customer's own, 1 shared with others; placeholders and what was cut off are no contacts. Numbers are published in the international form, mailboxes as
-- people write them.
with
points as (
    select *, case status when 'shared' then 1 else 3 end as standing
    from identity.contact_points
    where address is not null and status not in ('placeholder', 'damaged')
)
select
    s.customer_no, s.source_no, s.row_no, s.stated_at, s.recency, s.trust, p.type, p.place, p.address as contact, p.standing
from points as p
join profile.statements as s on s.row_no = p.row_no
union all
-- Interactions' identifiers rank below what any record says.
select
    t.customer_no, s.source_no, null, max(r.last_at), 0, -1 - s.source_no, p.type, p.place, p.address, p.standing
from points as p
join staging.traces as r on r.trace_id = p.trace_id
join profile.traces as t on t.trace_id = p.trace_id
join profile.sources as s on s.source = r.source
where t.customer_no is not null
group by all
