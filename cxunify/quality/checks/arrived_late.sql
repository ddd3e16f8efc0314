-- id: arrived_late
-- dimension: timeliness
-- title: Interactions that arrive long after the rest of their day
-- subject: interaction
-- key: row
-- of: interactions
-- price: amount
-- weight: 0.1
-- target: 0.99
-- enough: exists (select 1 from raw.files where status = 'loaded' group by source having count(*) >= 8)
-- lacks: no source of eight files
-- fix: Find out what holds rows of {source} back{place}: devices that were offline, a queue, corrections booked under the old day.
-- why: Until they arrive every profile and every trigger is wrong, and totals of days that were reported already change.
with
-- A habit needs files: how old the rows of a file are when it comes, against its newest ones. The first file is history.
arrivals as (
    select source, file_id, row_number() over (partition by source order by file_id) as place, count(*) over (partition by source) as files
    from raw.files
    where status = 'loaded'
),
newest as (
    select i.file_id, quantile_disc(i.occurred_at, 0.99) as newest_at
    from staging.interactions as i
    where i.file_id in (select file_id from arrivals where place > 1 and files >= 8)
    group by i.file_id
),
ages as (
    select i.row_no, i.source, i.file_id, date_diff('hour', i.occurred_at, n.newest_at) as age
    from staging.interactions as i
    join newest as n on n.file_id = i.file_id
),
files as (select source, file_id, quantile_disc(age, 0.95) as age from ages group by all),
habits as (select source, greatest(48, 3 * median(age)) as hours from files group by source)
select
    f.source, a.row_no::varchar as key, 'occurred_at' as field, f.location, f.occurred_at, f.lines, f.revenue as amount, n.customer_id
from ages as a
join habits as h on h.source = a.source and a.age > h.hours
join quality.facts as f on f.row_no = a.row_no and f.has_date
left join profile.numbers as n on n.customer_no = f.customer_no
