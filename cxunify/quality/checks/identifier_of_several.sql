-- id: identifier_of_several
-- dimension: linkage
-- title: {field} that several customers have
-- subject: row
-- key: file
-- of: extract
-- price: amount
-- weight: 1
-- target: 0.995
-- fix: Give each of those who share a {field} one of their own, or have {source}{place} carry what tells them apart, such as the customer's number.
-- why: Nobody can say which of its holders it was, so what carries nothing else belongs to nobody.
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.useless
where rule = 'customers > 1'
