-- A quarter ago: customers with one purchase, and of these those whose second one was due within 60 days; how many came in the quarter.
select
    count(*) as customers,
    count(s.second_day) as came,
    count(*) filter (where s.first_day + g.days between g.today and g.today + 60) as due,
    count(s.second_day) filter (where s.first_day + g.days between g.today and g.today + 60) as due_came
from actions.seconds as s
join actions.second_gaps as g on g.quarters_ago = 1
where s.first_day <= g.today and (s.second_day is null or s.second_day > g.today)
