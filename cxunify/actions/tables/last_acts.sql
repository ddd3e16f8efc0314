-- One row per customer and channel of contact: when it was last active there by itself.
select m.customer_no, m.channel, max(m.occurred_at) as last_at
from profile.moments as m
join actions.channels as c on c.channel = m.channel
where m.kind not in ('contact_out', 'held_out') and m.customer_no is not null and m.occurred_at <= $as_of
group by m.customer_no, m.channel
