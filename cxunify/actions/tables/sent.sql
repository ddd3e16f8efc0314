-- What is not known to be in one of the channels may have been in any: it counts in each of them.
select
    m.customer_no,
    case when c.channel is null then '(any)' else m.channel end as channel,
    m.occurred_date as day,
    date_diff('day', m.occurred_date, $today::date) as days_ago
from profile.moments as m
join staging.interactions as i on i.row_no = m.row_no
left join actions.channels as c on c.channel = m.channel
where m.kind = 'contact_out'
    and m.customer_no is not null
    and m.has_date
    and m.occurred_at <= $as_of
    and m.occurred_date > $today::date - 90
    and not regexp_full_match(lower(coalesce(i.campaign, '')), $uncounted)
