-- id: row_withdrawn
-- dimension: consistency
-- title: Interactions that a later export of the same days holds no more
-- subject: row
-- key: file
-- of: extract
-- price: amount
-- weight: 0.5
-- confidence: estimated
-- method: the money that they state; whether they were taken back or are missing from the later export nobody says, so half is assumed
-- fix: Ask whether {source} took these back; if it did, let it export them with amounts of nothing, or as returns, since files that add
--   up never take anything away.
-- why: The later file repeats nearly all that stands around them in time. They go on counting as bought, though they may be no more.
with
-- of each file, what a later one says once more
retold as (
    select g.source, g.file_id, i.file_id as later, count(distinct g.id) as interactions
    from (select source, id, file_id from staging.gave_way where subject = 'interaction') as g
    join staging.interactions as i on i.source = g.source and i.interaction_id = g.id and i.file_id > g.file_id
    group by g.source, g.file_id, i.file_id
),
stood as (
    select source, file_id, count(*) as interactions, min(occurred_at) as first_at, max(occurred_at) as last_at
    from staging.interactions semi join (select source from retold) using (source)
    group by source, file_id
),
gone as (
    select i.source, i.file_id, i.source_row, i.occurred_at, i.row_no
    from staging.interactions as i
    join stood as s on s.source = i.source and s.file_id = i.file_id
    join retold as r on r.source = i.source and r.file_id = i.file_id and r.interactions >= 4 * s.interactions
    join stood as l on l.source = r.source and l.file_id = r.later and i.occurred_at > l.first_at and i.occurred_at < l.last_at
)
select
    g.source,
    g.file_id || ':' || g.source_row as key,
    'row' as field,
    null::varchar as location,
    g.occurred_at,
    1 as lines,
    h.revenue::decimal(18, 2) as amount,
    h.customer_id
from gone as g
left join (select row_no, revenue, customer_id from quality.events semi join gone using (row_no)) as h on h.row_no = g.row_no
