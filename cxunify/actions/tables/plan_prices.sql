-- One row per resource that has a limit: how much of it is used, and what one more would bring.
with
takes as (
    select 'budget' as kind, 'budget' as name, sum(cost::decimal(18, 6))::double as used from actions.planned_offers
    union all
    select 'channel', channel, count(*) from actions.planned_offers group by channel
    union all
    select 'offer', offer, count(*) from actions.planned_offers group by offer
)
select
    case when p.kind = 'budget' then 'budget' else concat(p.kind, ' ', p.name) end as resource,
    p.limit_, coalesce(t.used, 0) as used, p.price
from actions.priced as p
left join takes as t on t.kind = p.kind and t.name = p.name
where p.kind <> 'plan' and exists (select 1 from actions.planned_offers)
