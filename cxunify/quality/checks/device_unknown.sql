-- id: device_unknown
-- dimension: linkage
-- title: Visits on devices that nobody ever logged in on
-- subject: interaction
-- key: row
-- of: visits
-- price: amount
-- weight: 1
-- target: 0.30
-- fix: Give visitors of {source} a reason to log in, and put a customer key into the links of every e-mail.
-- why: What brought the customer to the shop stays unknown.
select
    f.source,
    f.row_no::varchar as key,
    'customer_id' as field,
    f.location,
    f.occurred_at,
    f.lines,
    f.revenue as amount,
    null::varchar as customer_id
from quality.facts as f
where
    f.customer_no is null
    and f.kind not in (from quality.owned)
    and f.source in (from quality.device_sources)
    and f.row_no not in (select row_no from quality.useless where rule = 'customers > 1')
