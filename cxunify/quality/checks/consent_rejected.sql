-- id: consent_rejected
-- dimension: validity
-- title: Rows that may refuse contact and could not be loaded
-- subject: row
-- key: file
-- of: extract
-- price: none
-- weight: 0.3
-- needs: raw.rejects raw.files
-- fix: Correct these rows of {source}, or its export, before anybody is contacted by what it says: `cxunify quality` with the id of this gap and --values shows them.
-- why: Whoever refused in a row that cannot be read is still published with an earlier yes.
with
speaking as (
    select source from staging.records where cardinality(consent) > 0
    union
    select source from profile.acts
    union
    select source from profile.sources where is_consent
)
select
    r.source,
    r.file_id || ':' || coalesce(r.source_row, r.line) as key,
    r.reason as field,
    null::varchar as location,
    null::timestamp as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    null::varchar as customer_id
from raw.rejects as r
-- What lacks nothing but a time was read: an opt-out among these counts.
where r.source in (select source from speaking) and not starts_with(r.reason, 'no valid time')
