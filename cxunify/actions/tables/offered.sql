-- One row per offer: by how much it raises the share of customers who buy, as is assumed or as was measured, and why it is not made.
with
shown as (
    select experiment, difference, verdict, row_number() over (partition by experiment order by treated desc, basis) as place
    from actions.lift
    where outcome = 'bought' and is_told
),
judged as (
    select
        o.*,
        c.cost + o.own_cost as cost,
        case when o.assumed is not null then o.assumed when s.verdict = 'works' then s.difference end as effect,
        case when o.assumed is not null then 'assumed' else 'measured' end as basis,
        s.verdict
    from actions.offers as o
    join actions.channels as c on c.channel = o.channel
    left join shown as s on s.experiment = o.campaign and s.place = 1
)
select
    offer_no, offer, channel, cost, own_cost, "value", effect, basis, capacity, days, has_tracks,
    case
        when effect > 0 then null
        when effect is not null then 'it is assumed to bring nothing'
        when verdict is null then concat('no lift of ', campaign, ' has been measured')
        else concat('lift of ', campaign, ': ', verdict)
    end as reason
from judged
