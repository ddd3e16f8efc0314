-- The timeline's bones: one narrow row per interaction, whoever's it is, with what everything below counts. The wide columns stay in
-- staging and are joined once, by row, when the timeline is read: a copy of them here would cost more than all that is counted.
-- What a purchase is, on which day it was and what it is worth is said here and nowhere else. `trade`: purchase or return, null for all
-- else; money that flows back is a return, whatever sign or name its extract gives it. `rate`: what one unit of its currency is worth in
-- the company's. `revenue`: what it adds to the company's, in the company's currency. Where no rate is known there is no revenue: two
-- currencies are never added, and what is left out is told (quality, published.currencies).
select
    i.row_no,
    year(i.occurred_at)::integer as year,
    coalesce(t.customer_no, c.customer_no) as customer_no,
    v.session_no,
    i.occurred_at,
    case
        when $timezone = 'UTC' then i.occurred_at::date else timezone($timezone, i.occurred_at::timestamptz)::date
    end as occurred_date,
    x.year is null as has_date,
    i.source,
    s.channel,
    i.kind,
    case when i.kind = 'return' or (i.kind = 'purchase' and i.amount < 0) then 'return' when i.kind = 'purchase' then 'purchase' end as trade,
    case when coalesce(i.currency, $currency) = $currency then 1 else w.worth end as rate,
    (case when trade = 'purchase' then i.amount when trade = 'return' then -abs(i.amount) end * rate)::decimal(18, 2) as revenue,
    i.amount,
    i.currency,
    i.quantity,
    i.lines,
    i.location,
    case when t.customer_no is null and c.customer_no is not null then 'case' else t.identified_by end as identified_by,
    coalesce(t.confidence, c.confidence) as identity_confidence
from staging.interactions as i
left join profile.sources as s on s.source = i.source
left join profile.traces as t on t.trace_id = i.trace_id
left join profile.case_customers as c on c.channel = s.channel and c.case_id = i.case_id
left join profile.visits as v on v.row_no = i.row_no
-- Only what is in another currency asks for the day here: a zone's days are dear.
left join profile.worth as w
    on w.currency = i.currency
    and w.day = case when i.currency <> $currency then
        case when $timezone = 'UTC' then i.occurred_at::date else timezone($timezone, i.occurred_at::timestamptz)::date end
    end
left join profile.strays as x on x.source = i.source and x.field = 'occurred_at' and x.year = year(i.occurred_at)
