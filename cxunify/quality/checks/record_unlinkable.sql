-- id: record_unlinkable
-- dimension: linkage
-- title: Records with nothing to join them by
-- subject: record
-- of: records
-- price: customers
-- weight: 0.5
-- target: 0.98
-- fix: Take at least one of e-mail, phone, loyalty card or postal address when {source} creates a record{place}.
-- why: Such a record can never meet the same person's other records.
select
    r.source, r.record_id as key, 'identifiers' as field, null::varchar as location,
    coalesce(r.created_at, r.updated_at) as occurred_at, 1 as lines, null::decimal(18, 2) as amount, a.customer_id
from staging.records as r
left join identity.assignments as a on a.source = r.source and a.record_id = r.record_id
where
    len(r.emails) = 0 and len(r.phones) = 0 and r.street is null
    and len(list_filter(map_values(r.identifiers), lambda value: value is not null and value <> '')) = 0
    and (r.birth_date is null or coalesce(r.family_name, r.full_name) is null)
