-- One row per customer and offer that it may be made: what that is expected to bring, less its cost. Only who may be contacted in the
-- offer's channel today, and whom it brings anything.
with
allowed as (
    select count(*) = 2 as is_open
    from actions.gate
    where capability in ('campaign_optimisation', 'contact_orchestration') and is_open
),
asked as (
    select
        l.customer_no, o.offer_no, l.headroom, l.headroom_of_all,
        o.effect * coalesce(o."value", p.expected_spend::double * $margin) - o.cost as gain
    from actions.offered as o
    join actions.limits as l on l.channel = o.channel
    left join actions.walks as w on w.customer_no = l.customer_no
    left join actions.offer_tracks as t on t.offer_no = o.offer_no and t.track = w.track
    left join actions.predictions as p on p.customer_id = l.customer_id
    where
        (select is_open from allowed) and l.is_eligible and o.effect > 0
        and (t.offer_no is not null or not o.has_tracks)
)
select
    customer_no, offer_no, round(gain, 6) as gain,
    coalesce(headroom, 1000)::integer as way_room,
    coalesce(headroom_of_all, 1000)::integer as room
from asked
where gain > 0
