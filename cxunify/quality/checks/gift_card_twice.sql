-- id: gift_card_twice
-- dimension: consistency
-- title: Gift cards that count as revenue when they are sold
-- subject: interaction
-- of: money
-- price: amount
-- weight: 1
-- target: 0.9999
-- fix: Leave the lines out by which {source} sells them (`skip: {column: [its words]}`), so that their money counts when it is spent; or, where a column says how orders were paid, have those paid by card told as redemptions (`unless`).
-- why: What is bought with a card is revenue too, so its money counts twice, and the giver looks like a customer of what the other buys.
with
-- Of an order of one line the lines are not told; where an order has one amount for all of its lines, nobody knows what was the card's.
sold as (
    select i.row_no, case when l.source is null then i.amount else l.amount end as amount, 1 as lines
    from quality.happened as i
    left join staging.lines as l on l.source = i.source and l.interaction_id = i.interaction_id
    join quality.gift_cards as c on c.product = case when l.source is null then i.product else l.product end
    where i.kind = 'purchase'
),
-- A source that tells what was paid with cards counts none of it.
told as (select distinct source from quality.facts where kind = 'redemption' and amount > 0)
select
    f.source, i.interaction_id as key, 'product' as field, f.location, f.occurred_at, sum(s.lines)::integer as lines,
    sum(s.amount * f.rate)::decimal(18, 2) as amount, n.customer_id
from sold as s
join quality.facts as f on f.row_no = s.row_no
join quality.happened as i on i.row_no = s.row_no
left join profile.numbers as n on n.customer_no = f.customer_no
where coalesce(s.amount, 1) > 0 and f.source not in (select source from told)
group by all
