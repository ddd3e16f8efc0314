-- id: extract_refused
-- dimension: timeliness
-- title: A source whose newest extract was refused
-- subject: source
-- of: loaded
-- price: none
-- needs: raw.refusals raw.files
-- fix: See `cxunify status` for what is wrong with its files, then have the export of {source} mended, or map what it has now.
-- why: Everything that came after its last good extract is missing from every profile.
select distinct
    source,
    source as key,
    'files' as field,
    null::varchar as location,
    null::timestamp as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    null::varchar as customer_id
from raw.refusals
