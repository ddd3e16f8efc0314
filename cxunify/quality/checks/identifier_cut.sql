-- id: identifier_cut
-- dimension: validity
-- title: {field} cut off by the width of a column
-- subject: row
-- key: file
-- of: extract
-- price: amount
-- weight: 1
-- fix: Widen the column of {field} in {source}, and export it anew: its longest values are only the beginnings of longer ones elsewhere.
-- why: Different people's values begin alike; what is cut off identifies nobody.
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.useless
where contains(rule, 'cut off')
