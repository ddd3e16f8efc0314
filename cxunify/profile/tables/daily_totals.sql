-- Every interaction, whoever's it is: what must reconcile to the extracts to the cent.
select
    source,
    channel,
    kind,
    location,
    currency,
    occurred_date,
    count(*) as interactions,
    sum(lines)::bigint as lines,
    sum(amount) as amount,
    count(customer_no) as identified_interactions,
    sum(amount) filter (where customer_no is not null) as identified_amount
from profile.moments
group by all
