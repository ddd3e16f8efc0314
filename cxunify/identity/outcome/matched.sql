with
met as (
    select r.customer_id as old_id, c.cluster, count(*) as records
    from ledger.records as r
    join identity.features as f on f.source = r.source and f.record_id = r.record_id
    join identity.clusters as c on c.node = f.node
    group by r.customer_id, c.cluster
)
select
    old_id, cluster, records,
    count(*) over (partition by old_id) > 1 or count(*) over (partition by cluster) > 1 as is_disputed
from met
