-- One row per customer. What was bought, on how many days and for how much is counted by profile, and read here as published; the
-- channels in which the customer was seen likewise. `customer` is a number that stands for the id where many rows are joined or
-- counted. `baseline` counts the interactions of the half year that ended a quarter ago: what a change of behaviour is held
-- against. `is_whole`: all that was bought is in `revenue`. `asks_email`: a source that asks for it knows the customer.
with
asked as (select source, bool_or(field = 'email') as asks_email from quality.expectations group by source),
records as (
    select
        s.customer_no,
        count(*) as records,
        coalesce(bool_or(a.asks_email), false) as asks_email,
        coalesce(bool_or(nullif(r.identifiers['loyalty_id'], '') is not null), false) as has_card,
        min(s.created_at) as created_at
    from profile.statements as s
    join staging.records as r on r.row_no = s.row_no
    join asked as a on a.source = r.source
    group by s.customer_no
),
-- What was said and is not understood is as good as never said.
asked_for as (select customer_no, bool_or(is_allowed is not null) as has_consent from profile.consent group by customer_no),
before as (
    select customer_no, sum(interactions)::bigint as interactions
    from profile.days
    where day > $today::date - 273 and day <= $today::date - 91
    group by customer_no
),
-- Few customers differ in their channels: lists are made of the sets that occur.
bits as (select channel, 1 << (row_number() over (order by channel) - 1)::integer as bit from profile.channels),
mixes as (
    select c.customer_no, bit_or(b.bit) as mix
    from profile.customer_channels as c
    join bits as b on b.channel = c.channel
    group by c.customer_no
),
named as (
    select m.mix, list(b.channel order by b.channel) as channels
    from (select distinct mix from mixes) as m
    join bits as b on m.mix & b.bit <> 0
    group by m.mix
)
select
    hash(n.customer_id) as customer,
    n.customer_id,
    coalesce(c.channels, []) as channels,
    coalesce(r.records, 0) as records,
    coalesce(b.interactions, 0) as interactions,
    coalesce(b.purchases, 0) as purchases,
    coalesce(p.purchase_days, 0) as purchase_days,
    coalesce(b.net_spend, 0)::decimal(18, 2) as revenue,
    coalesce(b.other_currency_amounts, 0) = 0 as is_whole,
    p.first_day as first_purchase_day,
    p.interpurchase_days,
    r.created_at,
    coalesce(e.interactions, 0) as baseline,
    coalesce(r.asks_email, false) as asks_email,
    coalesce(a.has_consent, false) as has_consent,
    coalesce(r.has_card, false) as has_card
from profile.numbers as n
left join records as r on r.customer_no = n.customer_no
left join asked_for as a on a.customer_no = n.customer_no
left join profile.behaviour as b on b.customer_no = n.customer_no
left join profile.buyers as p on p.customer_no = n.customer_no
left join before as e on e.customer_no = n.customer_no
left join mixes as m on m.customer_no = n.customer_no
left join named as c on c.mix = m.mix
