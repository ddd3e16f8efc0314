-- One row per channel, place in a row of contacts without an answer, campaign (where its hold-out can be compared), and what followed: how
-- many contacts of the last year, or customers held out of one, whose 14 days are over; a row is looked back at for two years. An answer, and an opt-out, is that to the last
-- contact before it; a purchase follows within 14 days, whatever comes between. After an opt-out nothing is counted.
with
compared as (
    select experiment
    from actions.lift
    where basis = 'campaign' and outcome = 'bought' and estimator = 'plain' and difference is not null
),
-- Of several contacts of a day in a channel, one; answers and opt-outs are known by the moment.
happened as (
    select
        m.customer_no, m.channel, m.kind, m.occurred_date as day, min(m.occurred_at) as came_at, min(i.campaign) as campaign
    from profile.moments as m
    join staging.interactions as i on i.row_no = m.row_no
    where
        m.kind in ('contact_out', 'held_out', 'response') and m.customer_no is not null and m.has_date
        and m.occurred_at <= $as_of and m.occurred_date > $today::date - 745
        and (select is_open from actions.gate where capability = 'contact_effects')
    group by m.customer_no, m.channel, m.kind, m.occurred_date
    union all
    select customer_no, channel, 'optout', null, acted_at, null
    from profile.acts
    where
        not is_allowed and acted_at <= $as_of and customer_no is not null and channel is not null
        and (select is_open from actions.gate where capability = 'contact_effects')
),
placed as (
    select
        *,
        case kind when 'optout' then 0 when 'response' then 1 when 'held_out' then 2 else 3 end as place
    from happened
),
ordered as (
    select
        *,
        count(*) filter (where kind = 'response') over past as answers,
        count(*) filter (where kind = 'optout') over past as optouts,
        min(came_at) filter (where kind = 'contact_out') over future as next_contact_at,
        min(came_at) filter (where kind = 'response') over future as next_answer_at,
        min(came_at) filter (where kind = 'optout') over future as next_optout_at
    from placed
    window
        past as (partition by customer_no, channel order by came_at, place rows between unbounded preceding and current row),
        future as (partition by customer_no, channel order by came_at, place rows between 1 following and unbounded following)
),
counted as (
    select
        *,
        count(*) filter (where kind = 'contact_out') over (
            partition by customer_no, channel, answers order by came_at, place rows between unbounded preceding and current row
        ) as contacts
    from ordered
    where optouts = 0
),
judged as (
    select
        customer_no, channel, kind, day,
        case when campaign in (select experiment from compared) then campaign end as campaign,
        least(case kind when 'held_out' then contacts + 1 else contacts end, 10)::integer as unanswered,
        coalesce(
            next_answer_at <= came_at + interval 14 day and (next_contact_at is null or next_answer_at <= next_contact_at), false
        ) as is_answered,
        coalesce(
            next_optout_at <= came_at + interval 14 day and (next_contact_at is null or next_optout_at <= next_contact_at), false
        ) as is_optout
    from counted
    where kind in ('contact_out', 'held_out') and day between $today::date - 379 and $today::date - 15
),
followed as (
    select j.customer_no, j.channel, j.kind, j.day, count(b.day) > 0 as has_bought
    from judged as j
    left join profile.purchase_days as b on b.customer_no = j.customer_no and b.day between j.day and j.day + 13
    group by j.customer_no, j.channel, j.kind, j.day
)
select
    j.channel, j.unanswered, j.campaign, j.kind, j.is_answered, j.is_optout, f.has_bought, count(*) as n
from judged as j
join followed as f
    on f.customer_no = j.customer_no and f.channel = j.channel and f.kind = j.kind and f.day = j.day
group by all
