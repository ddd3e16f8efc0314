with
lives as (select distinct customer_id from temp.customer_ids),
known as (select distinct customer_id from ledger.records),
-- Ids whose end was told already, and that have not come back since.
ends as (select old_id as id, max(run_id) as run_id from ledger.changes where kind in ('merged', 'erased') group by old_id),
begins as (
    select new_id as id, max(run_id) as run_id from ledger.changes where kind in ('new', 'returned', 'split') group by new_id
),
ended as (select e.id from ends as e left join begins as b on b.id = e.id where e.run_id > coalesce(b.run_id, '')),
elsewhere as (
    select o.old_id, n.customer_id as new_id, o.old_id in (select customer_id from lives) as is_alive
    from temp.matched as o
    join temp.customer_ids as n on n.cluster = o.cluster
    where n.customer_id <> o.old_id
),
moves as (
    select case when is_alive then 'split' else 'merged' end as kind, old_id, new_id from elsewhere
    union all
    select 'new', null, customer_id
    from lives
    where customer_id not in (select customer_id from known) and customer_id not in (select new_id from elsewhere where is_alive)
    union all
    select 'returned', null, customer_id
    from lives
    where customer_id in (select customer_id from known) and customer_id in (select id from ended)
    union all
    select 'erased', customer_id, null
    from known
    where customer_id not in (select old_id from temp.matched) and customer_id not in (select id from ended)
)
select
    kind, old_id, new_id,
    case kind
        when 'new' then 'records seen for the first time'
        when 'returned' then 'its records are there again'
        when 'merged' then 'its records joined another customer'
        when 'split' then 'some of its records left'
        else 'none of its records is there any more'
    end as cause
from moves
