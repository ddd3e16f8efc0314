-- One row per place and channel: known customers who bought there in the last year, and how many of them answered there.
with
happened as (
    select customer_no, location, channel, trade = 'purchase' as is_purchase, kind = 'survey' as is_answer
    from profile.moments
    where
        (trade = 'purchase' or kind = 'survey') and customer_no is not null and has_date and occurred_at <= $as_of
        and occurred_date > $today::date - 365
        and (select is_open from actions.gate where capability = 'voice')
),
told as (
    select 'location' as unit_kind, location as unit, customer_no, is_purchase, is_answer from happened where location is not null
    union all
    select 'channel', channel, customer_no, is_purchase, is_answer from happened where channel is not null
),
people as (
    select unit_kind, unit, customer_no, bool_or(is_purchase) as has_bought, bool_or(is_answer) as has_answered
    from told
    group by unit_kind, unit, customer_no
)
select
    unit_kind, unit,
    count(*) filter (where has_bought) as buyers,
    count(*) filter (where has_bought and has_answered) as answered
from people
group by unit_kind, unit
