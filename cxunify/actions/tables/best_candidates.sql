-- One row per customer and thing that may be done when it comes by itself: what it has asked for first, then offers by what they bring
-- beyond what their budget and number would bring elsewhere, then what is due, the offer of its track, and products.
with
priced as (
    select
        coalesce(max(price) filter (where kind = 'budget'), 0) as of_budget
    from actions.priced
),
offers as (
    select
        o.offer_no, o.offer, o.effect, o."value", o.days, o.has_tracks, o.own_cost, o.basis,
        o.own_cost * p.of_budget + coalesce(r.price, 0) as price
    from actions.offered as o
    cross join priced as p
    left join actions.priced as r on r.kind = 'offer' and r.name = o.offer
    where o.effect > 0
),
worth as (
    select
        n.customer_no, o.offer, o.days, o.basis, o.effect,
        o.effect * coalesce(o."value", p.expected_spend::double * $margin) - o.own_cost - o.price as gain
    from offers as o
    cross join profile.numbers as n
    left join actions.walks as w on w.customer_no = n.customer_no
    left join actions.offer_tracks as t on t.offer_no = o.offer_no and t.track = w.track
    left join actions.predictions as p on p.customer_id = n.customer_id
    where t.offer_no is not null or not o.has_tracks
),
told as (
    select
        w.customer_no, case when k.is_service then 'service' else 'track' end as action,
        case when k.is_service then 1 else 4 end as place, 0 as within, k.offer as what, null as value,
        concat_ws(': ', concat('track ', k.track), w.reasons) as reasons, $today::date + k.days as valid_until_date
    from actions.walks as w
    join actions.tracks as k on k.place = w.place
    where k.offer is not null and (k.channel is null or k.channel <> 'none')
    union all
    select
        customer_no, 'offer', 2, row_number() over (partition by customer_no order by gain desc, offer), offer, gain,
        concat(round(effect * 100, 2)::varchar, ' points more buy, ', basis), $today::date + days
    from worth
    where gain > 0
    union all
    select
        customer_no, 'due', 3, row_number() over (partition by customer_no order by due_date, event), event, null,
        concat('on ', due_date::varchar), due_date
    from actions.due
    where event <> 'second_purchase'
    union all
    select
        n.customer_no, 'product', 5, p."rank" * 2 - case when p.basis = 'new' then 1 else 0 end, p.product, null,
        case when p.basis = 'new' then concat('it has ', p.because) else concat('bought on ', p.support::varchar, ' days') end,
        $today::date + 30
    from actions.next_products as p
    join profile.numbers as n on n.customer_id = p.customer_id
)
select *
from told
where (select is_open from actions.gate where capability = 'best_action')
