-- One row per source and other currency with purchases or returns on days that have no rate: what is stated there, net and in that
-- currency, and the first such day. None of it is in any revenue. `worth`: what they would bring if each were like those that count.
with
like_others as (
    select sum(revenue) / nullif(sum(purchases) + sum(returns) - sum(uncounted), 0) as worth from profile.currencies
)
select
    source, currency, count(*) as interactions,
    sum(case when trade = 'purchase' then amount else -abs(amount) end)::decimal(18, 2) as amount,
    min(day) as first_day, any_value(greatest(0, w.worth))::decimal(18, 2) as worth
from quality.facts
cross join like_others as w
where rate is null and trade is not null and amount is not null
group by source, currency
order by source, currency
