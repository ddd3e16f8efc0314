-- What money of other currencies is worth on the days on which it changed hands: the last rate at or before the day. A day before the
-- first rate of its currency is absent: what it brought is counted nowhere, and told.
with
seen as (
    select distinct
        currency,
        case when $timezone = 'UTC' then occurred_at::date else timezone($timezone, occurred_at::timestamptz)::date end as day
    from staging.interactions
    where currency <> $currency and currency in (select currency from profile.rates)
)
select s.currency, s.day, r.rate as worth
from seen as s
join profile.rates as r on r.currency = s.currency and s.day >= r.first_date and s.day < r.until_date
