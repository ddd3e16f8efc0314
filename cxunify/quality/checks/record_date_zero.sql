-- id: record_date_zero
-- dimension: validity
-- title: Records made or changed on the zero day of some system
-- subject: record
-- key: row
-- of: records
-- price: customers
-- weight: 0.02
-- target: 0.998
-- fix: Export {field} of the records in {source}; where it is not known, leave the cell empty.
-- why: They say nothing about since when somebody is a customer, nor which record is the newest.
with
dated as (
    select source, row_no, 'created_at' as field, created_at as moment from staging.records
    union all
    select source, row_no, 'updated_at' as field, updated_at as moment from staging.records
)
select
    d.source, d.row_no::varchar as key, d.field, null::varchar as location, null::timestamp as occurred_at, 1 as lines,
    null::decimal(18, 2) as amount, o.customer_id
from dated as d
join (select distinct source, field, year from profile.strays) as x
    on x.source = d.source and x.field = d.field and x.year = year(d.moment)
left join quality.owners as o on o.row_no = d.row_no
