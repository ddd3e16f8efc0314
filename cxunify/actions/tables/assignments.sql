-- The ledger's word on an id is its last one. Customers that were merged keep the smallest number of theirs: who was held out once
-- stays held out, and where their arms differ nothing is measured on them.
with
known as (
    select coalesce(a.now, l.customer_id) as customer_id, min(l.u) as u, min(l.arm) <> max(l.arm) as is_mixed
    from ledger.arms as l
    left join actions.aliases as a on a.customer_id = l.customer_id
    where l.experiment = 'holdout ' || $salt
    group by 1
),
-- What has split off was treated as the customer it belonged to: it keeps that one's number.
parted as (
    select new_id as customer_id, old_id
    from ledger.changes
    where kind = 'split'
    union all
    select new_id, old_id
    from identity.moves
    where kind = 'split'
),
inherited as (
    select p.customer_id, min(k.u) as u
    from parted as p
    join known as k on k.customer_id = p.old_id
    group by p.customer_id
),
-- Only who has no number yet draws one.
told as (
    select n.customer_no, n.customer_id, coalesce(k.u, i.u) as u, coalesce(k.is_mixed, false) as is_mixed
    from profile.numbers as n
    left join known as k on k.customer_id = n.customer_id
    left join inherited as i on i.customer_id = n.customer_id
),
digests as (
    select *, case when u is null then sha256(concat($salt, '|holdout|', customer_id)) end as digest
    from told
),
numbered as (
    select d.customer_no, d.customer_id, coalesce(d.u, $drawn) as u, d.is_mixed
    from digests as d
)
select
    customer_no,
    customer_id,
    'holdout ' || $salt as experiment,
    case when u < $share then 'held_out' else 'treated' end as arm,
    u,
    is_mixed,
    $as_of::timestamp as assigned_at
from numbered
