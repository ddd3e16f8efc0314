-- Of each source: its customers so far, those of them that no record has any more, and its records, those that are new.
with
known as (
    select source, count(distinct customer_id) as customers,
        count(distinct customer_id) filter (customer_id not in (select customer_id from identity.assignments)) as gone
    from ledger.records group by source
),
present as (
    select a.source, count(*) as records, count_if(r.record_id is null) as new
    from identity.assignments as a left join ledger.records as r on r.source = a.source and r.record_id = a.record_id
    group by a.source
)
select source, gone, customers, new, records from known join present using (source) order by source
