-- id: cell_unparseable
-- dimension: validity
-- title: {field} that could not be read
-- subject: row
-- key: file
-- of: filled
-- price: none
-- target: 0.999
-- needs: staging.invalid
-- enough: exists (from quality.population where population = 'extract' and "rows" > 0)
-- lacks: no rows
-- fix: Look at the rows below in {source}; if they are written alike, give {field} its format in the configuration.
-- why: What cannot be read is lost to every measure.
-- paste: sources:
--     {source}:
--       {subject}:
--         {field}: {self|format="%d/%m/%Y"}
select
    source,
    file_id || ':' || source_row as key,
    field,
    null::varchar as location,
    null::timestamp as occurred_at,
    1 as lines,
    null::decimal(18, 2) as amount,
    null::varchar as customer_id
from staging.invalid
where not starts_with(field, 'consent.')
