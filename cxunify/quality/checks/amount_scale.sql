-- id: amount_scale
-- dimension: validity
-- title: Amounts that are a hundredfold or a hundredth of the usual
-- subject: interaction
-- key: row
-- of: money
-- price: amount
-- weight: 1
-- target: 0.9999
-- enough: exists (select 1 from quality.daily where day is not null group by source, date_trunc('week', day) having sum(purchases) >= 8)
-- lacks: no week of eight purchases
-- fix: Check whether {source}{place} writes cents for whole units, or the decimal mark of another country.
-- why: Revenue, baskets and everything priced by them are wrong by a factor.
-- paste: sources:
--     {source}:
--       interaction:
--         amount: {amount|divide=100}
with
money as (
    select source, location, date_trunc('week', day) as week, abs(revenue) as size
    from quality.facts
    where revenue <> 0
),
-- By place, and over all places: in a small one a week holds too little to judge.
weeks as (
    select source, location, week, median(size) as usual, quantile_disc(size, 0.1) as low, quantile_disc(size, 0.9) as high, count(*) as n
    from money
    group by grouping sets ((source, location, week), (source, week))
),
whole as (select source, median(usual) as usual from weeks where n >= 8 group by source),
odd as (
    select distinct w.source, w.location, w.week
    from weeks as w
    join whole as t on t.source = w.source
    -- A week of televisions has a few large amounts; where the unit is wrong, even the small ones are large.
    where
        w.n >= 8
        and (
            (w.usual >= 30 * t.usual and w.low >= 2 * t.usual)
            or (w.usual <= t.usual / 30 and w.high <= t.usual / 2)
        )
)
select
    f.source, f.row_no::varchar as key, 'amount' as field, f.location, f.occurred_at, f.lines, abs(f.revenue) as amount, f.customer_id
from quality.events as f
where
    f.revenue <> 0
    and exists (
        select 1 from odd as o
        where o.source = f.source and o.week = date_trunc('week', f.day) and (o.location is null or o.location = f.location)
    )
