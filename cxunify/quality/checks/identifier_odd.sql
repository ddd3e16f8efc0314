-- id: identifier_odd
-- dimension: validity
-- title: {field} unlike all others of its column
-- subject: row
-- key: file
-- of: extract
-- price: amount
-- weight: 1
-- fix: Look at the rows below: digits were lost or mistyped where {source} takes {field}; let it check the length and the check digit.
-- why: What was mistyped may be somebody else's, and so it identifies nobody.
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.useless
where contains(rule, 'unlike')
