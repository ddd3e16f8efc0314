-- id: identifier_of_all
-- dimension: linkage
-- title: {field} that stands for many people
-- subject: row
-- key: file
-- of: extract
-- price: amount
-- weight: 1
-- fix: Ask for a customer's own {field} in {source}, or for none: what a till fills in by itself belongs to nobody.
-- why: It would make one customer of many, so it is not used, and what carries nothing else belongs to nobody.
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.useless
where not starts_with(rule, 'damaged') and rule <> 'customers > 1'
