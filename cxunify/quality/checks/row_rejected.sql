-- id: row_rejected
-- dimension: validity
-- title: Rows of the extract that could not be loaded
-- subject: row
-- key: file
-- of: extract
-- price: none
-- target: 0.999
-- needs: raw.rejects raw.files
-- fix: Look at the reasons in raw.rejects for {source}; most are quotes or line ends that its export writes wrongly.
-- why: A rejected row is a customer or a purchase that nobody will ever see.
select
    source,
    file_id || ':' || coalesce(source_row, line) as key,
    reason as field,
    null::varchar as location,
    null::timestamp as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    null::varchar as customer_id
from raw.rejects
