-- What was bought and given back, currency by currency and as stated: two currencies are never added. `revenue` is what of it counts in the
-- company's currency; `uncounted` is what nothing converts.
select
    coalesce(currency, $currency) as currency,
    count(*) filter (where trade = 'purchase') as purchases,
    count(*) filter (where trade = 'return') as returns,
    coalesce(sum(amount) filter (where trade = 'purchase'), 0) as purchase_spend,
    coalesce(sum(abs(amount)) filter (where trade = 'return'), 0) as return_spend,
    coalesce(sum(case when trade = 'purchase' then amount else -abs(amount) end), 0) as net_spend,
    coalesce(sum(revenue), 0) as revenue,
    count(amount) filter (where rate is null) as uncounted,
    coalesce(sum(case when trade = 'purchase' then amount else -abs(amount) end) filter (where rate is null), 0) as uncounted_spend,
    min(occurred_date) as first_date,
    max(occurred_date) as last_date
from profile.moments
where trade is not null and occurred_at <= $as_of
group by 1
