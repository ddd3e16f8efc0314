with
whole as (
    select run_id, customer_id, experiment, arm, u, assigned_at from ledger.assignments
    union all
    select $run_id, a.customer_id, a.experiment, a.arm, a.u, a.assigned_at
    from actions.assignments as a
    left join ledger.arms as l on l.customer_id = a.customer_id and l.experiment = a.experiment
    where l.arm is distinct from a.arm
)
select
    w.customer_id,
    w.experiment,
    w.arm,
    w.u,
    w.assigned_at,
    w.run_id,
    lead(w.assigned_at) over (partition by w.customer_id, w.experiment order by w.run_id) as ended_at,
    coalesce(a.is_mixed, false) as is_mixed
from whole as w
left join actions.assignments as a on a.customer_id = w.customer_id and a.experiment = w.experiment
