-- id: snapshot_shrunk
-- dimension: volume
-- title: An extract that is much smaller than the one before it
-- subject: source
-- of: last_load
-- price: amount
-- weight: 0.5
-- target: 0.9
-- confidence: estimated
-- method: as many rows as are missing, at what the rows that are left bring
-- fix: Find out whether the export of {source} was cut short, or a filter was set; load the whole one again.
-- why: Customers and purchases that were there yesterday are gone, and nothing says so.
with
worth as (
    select source, sum(revenue) as revenue from quality.daily group by source
    union all
    select a.source, sum(c.revenue)
    from (select distinct source, customer_id from identity.assignments) as a
    join quality.customers as c on c.customer_id = a.customer_id
    group by a.source
)
select
    l.source,
    l.source as key,
    'rows' as field,
    null::varchar as location,
    null::timestamp as occurred_at,
    (l.before - l.loaded)::integer as lines,
    ((l.before - l.loaded) / l.loaded * greatest(0, coalesce(max(w.revenue), 0)))::decimal(18, 2) as amount,
    null::varchar as customer_id
from quality.loads as l
left join worth as w on w.source = l.source
where l.path is null and l.before > l.loaded and l.loaded > 0
group by l.source, l.before, l.loaded
