-- One row per capability of readiness: whether every requirement is met and, of those that are not, the first: what was measured
-- and fell short before what nothing in the data can answer.
with
failed as (
    select
        capability, requirement, "text", unit, measured, required, gaps,
        row_number() over (partition by capability order by status, requirement) as place
    from quality.readiness
    where status <> 'pass'
),
known as (
    select capability, min(category) as category, min(title) as title
    from quality.readiness
    group by capability
)
select
    k.capability, k.category, k.title, f.capability is null as is_open,
    f.requirement, f."text", f.unit, f.measured, f.required, f.gaps
from known as k
left join failed as f on f.capability = k.capability and f.place = 1
