-- id: identifier_rounded
-- dimension: validity
-- title: {field} that a spreadsheet has rounded
-- subject: row
-- key: file
-- of: extract
-- price: amount
-- weight: 1
-- fix: Export {source} anew with {field} as text, and open the file in no spreadsheet: of a long number it keeps fifteen digits, or writes 6.00412E+15.
-- why: Different people's numbers look alike once they are rounded; none of them identifies anybody.
select source, key, field, location, occurred_at, lines, amount, customer_id
from quality.useless
where contains(rule, 'rounded')
