-- What is offered to whom, what that is expected to bring, and in which order: who comes first is missed most.
select
    p.customer_no, n.customer_id, o.offer, o.channel, o.effect, o.basis as effect_basis, o.cost, s.gain as value, p.place as rank,
    $today::date + o.days::integer as valid_until_date
from actions.planned as p
join actions.offered as o on o.offer_no = p.offer_no
join actions.prospects as s on s.customer_no = p.customer_no and s.offer_no = p.offer_no
join profile.numbers as n on n.customer_no = p.customer_no
