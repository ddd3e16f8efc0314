-- One row per tenth part of customers, and step of a path of the last year: how often. A path is what a customer did in channels, or had
-- from them, until a purchase, which ends it, or until a silence of thirty days; one that is not over is none. A day's purchase is no step
-- of its channel: without the till nobody buys. Of a channel's days in a row one counts.
with
happened as (
    select
        customer_no, channel, purchases > 0 as is_purchase,
        coalesce(first_purchase_at, first_at) as came_at
    from profile.days
    where
        day between $today::date - 395 and $today::date and (purchases > 0 or returns = 0)
        and (select is_open from actions.gate where capability = 'channel_effects')
),
-- What happened on a day before the purchase of that day comes before it; after a purchase another path begins.
ordered as (
    select
        customer_no,
        case when is_purchase then '(purchase)' else channel end as state,
        came_at,
        lag(came_at) over path as before_at,
        lag(is_purchase) over path as after_purchase,
        case when not lag(is_purchase) over path then lag(channel) over path end as before_channel,
        lead(came_at) over path as next_at
    from happened
    window path as (partition by customer_no order by came_at, is_purchase, channel)
),
steps as (
    select
        customer_no,
        case
            when before_at is null or after_purchase or came_at > before_at + interval 30 day then '(start)' else before_channel
        end as from_state,
        state as to_state
    from ordered
    union all
    select customer_no, state, '(nothing)'
    from ordered
    where state <> '(purchase)' and (next_at > came_at + interval 30 day or (next_at is null and came_at <= $as_of::timestamp - interval 30 day))
)
select (customer_no % 10)::integer as part, from_state, to_state, count(*) as n
from steps
where from_state <> to_state
group by all
