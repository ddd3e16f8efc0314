-- Of several in one cell the first comes before the second, and all of them before those of the next cell.
select
    s.row_no, s.node, s.trace_id, s.type, (least(s.place, 99) - 1) * 100 + least(m.part, 100) as place, hash(s.type, m.value) as key,
    m.value, m.address, m.local, m.letters, m.is_placeholder, m.is_role
from temp.stated as s
join identity.mailboxes as m on m.written = s.written
where s.type = 'email'
union all
select
    s.row_no, s.node, s.trace_id, s.type, (least(s.place, 99) - 1) * 100 + least(n.part, 100), hash(s.type, n.value),
    n.value, n.value, null, null, n.is_placeholder, false
from temp.stated as s
join identity.numbers as n on n.written = s.written and n.country = s.country
where s.type = 'phone'
