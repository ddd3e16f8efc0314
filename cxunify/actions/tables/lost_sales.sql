-- One row per step, channel and what came of it: carts, checkouts and quotes of known customers, by day, and whether they bought within
-- seven days, there or elsewhere. Beside it how many of the same customers bought elsewhere in the same seven days four weeks before: so
-- many would have come anyway.
with
sized as (
    select
        step_name, channel, count(*) as tries,
        count(*) filter (where bought_before) / count(*) as usual_share
    from temp.tries
    group by step_name, channel
)
select
    t.step_name as step, t.channel, t.outcome,
    case when t.outcome = 'recovered' then t.bought_in end as bought_in,
    count(*) as tries, count(distinct t.customer_no) as customers,
    count(*) / any_value(s.tries) as share,
    sum(t.amount)::decimal(18, 2) as amount,
    sum(t.spend)::decimal(18, 2) as recovered_spend,
    any_value(s.usual_share) as usual_share
from temp.tries as t
join sized as s on s.step_name = t.step_name and s.channel = t.channel
group by t.step_name, t.channel, t.outcome, case when t.outcome = 'recovered' then t.bought_in end
