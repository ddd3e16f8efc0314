-- Of each source with more new records than a share of all: its customers so far, and those of them that no record has any more.
-- Whether it has is asked of the table behind the view first: to group all that is known takes longer than all else.
with
present as (select source, count(*) as records from identity.assignments group by source),
new as (select source, count(*) as records from identity.assignments anti join ledger.owners using (source, record_id) group by source),
doubtful as (
    select source, p.records, n.records as new from present as p join new as n using (source) where n.records > p.records * $most
)
select
    d.source, count(distinct r.customer_id) filter (a.customer_id is null) as gone, count(distinct r.customer_id) as customers, d.new,
    d.records
from doubtful as d
join ledger.records as r on r.source = d.source
left join (select distinct customer_id from identity.assignments) as a on a.customer_id = r.customer_id
group by d.source, d.new, d.records
having gone > customers * $most
order by d.source
