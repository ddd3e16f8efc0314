-- id: purchase_elsewhere
-- dimension: uniqueness
-- title: Purchases that another source tells of too
-- subject: interaction
-- of: money
-- price: amount
-- weight: 1
-- target: 0.98
-- fix: Let one of the two sources count: where {source} holds the payments or the lines of what another one sold, map its `kind` as `other`, or leave it out.
-- why: Revenue counts twice, and so does every purchase.
with
bought as (
    select f.row_no, f.source, f.customer_no, f.day, f.amount, f.currency, i.interaction_id
    from quality.facts as f
    join quality.happened as i on i.row_no = f.row_no
    where f.kind = 'purchase' and f.amount > 0 and f.customer_no is not null and f.has_date
),
-- Nobody pays one sum twice within a day, in two systems, as a habit: where half of a source's purchases are found in another one,
-- by their sum or by their number, both tell of the same. Of the two, the smaller is the one that counts twice.
sizes as (select source, count(*) as purchases from bought group by source),
-- By the day too: who buys one thing thousands of times is not held against all of them.
around as (
    select *, unnest([day - 1, day, day + 1]) as met_on
    from bought
    semi join (select customer_no from bought group by customer_no having min(source) <> max(source)) using (customer_no)
),
met as (
    select b.row_no, b.source, o.source as other
    from around as b
    join bought as o
        on o.customer_no = b.customer_no and o.amount = b.amount and o.currency is not distinct from b.currency
        and o.day = b.met_on and o.source <> b.source
    union
    select b.row_no, b.source, o.source
    from around as b
    join bought as o
        on o.customer_no = b.customer_no and o.interaction_id = b.interaction_id
        and o.day = b.met_on and o.source <> b.source
),
doubled as (
    select m.source, m.other
    from met as m
    join sizes as s on s.source = m.source
    join sizes as o on o.source = m.other
    where (s.purchases, s.source) < (o.purchases, o.source)
    group by m.source, m.other, s.purchases
    having count(*) >= 10 and count(*) >= 0.5 * s.purchases
)
select
    f.source, i.interaction_id as key, 'interaction_id' as field, f.location, f.occurred_at, f.lines, f.revenue as amount, n.customer_id
from (select distinct m.row_no from met as m join doubled as d on d.source = m.source and d.other = m.other) as twice
join quality.facts as f on f.row_no = twice.row_no
join quality.happened as i on i.row_no = f.row_no
left join profile.numbers as n on n.customer_no = f.customer_no
