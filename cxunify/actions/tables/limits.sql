-- One row per customer and channel. Silence is no consent. A cap of n contacts in d days leaves room from the day on which the n-th
-- newest of them is d days old; of several caps the tightest holds. Windows are days of the company's zone, today's among them.
with
counted as (
    -- What counts in a channel, and, as 'all', over all of them.
    select s.customer_no, c.channel, s.days_ago
    from actions.sent as s
    join actions.channels as c on s.channel in (c.channel, '(any)')
    union all
    select customer_no, 'all', days_ago
    from actions.sent
),
placed as (
    select
        customer_no, channel, days_ago,
        row_number() over (partition by customer_no, channel order by days_ago) as place
    from counted
),
contacts as (
    select
        customer_no, channel,
        count(*) filter (where days_ago < 7) as contacts_7d,
        count(*) filter (where days_ago < 30) as contacts_30d,
        count(*) as contacts_90d
    from placed
    group by customer_no, channel
),
-- By cap: how many contacts lie within its days, and how old the one is that must leave them first. A cap of 0 is never free.
used as (
    select
        p.customer_no, p.channel, k.days, k.most,
        count(case when p.days_ago < k.days then 1 end) as contacts,
        max(case when p.place = k.most then p.days_ago end) as last_to_leave
    from placed as p
    join actions.caps as k on k.channel = p.channel
    group by p.customer_no, p.channel, k.days, k.most
),
tight as (
    select
        customer_no, channel,
        min(greatest(most - contacts, 0)) as headroom,
        max(case when contacts >= most then days - last_to_leave end) as wait,
        min(case when contacts >= most then days end) as cap_days
    from used
    group by customer_no, channel
),
least_caps as (
    select channel, min(most) as most from actions.caps group by channel
),
shut as (
    select channel, min(days) as days from actions.caps where most = 0 group by channel
),
complaining as (
    select distinct customer_no
    from profile.cases
    where is_complaint and is_open and customer_no is not null and opened_at <= $as_of
),
-- Whether an address is one's own; null: there is none.
reach as (
    select
        customer_id,
        bool_or(case when type = 'email' then status = 'valid' end) as owns_mailbox,
        bool_or(case when type = 'phone' then status = 'valid' end) as owns_number
    from identity.identifiers
    where type in ('email', 'phone') and status in ('valid', 'shared')
    group by customer_id
),
homes as (
    select distinct s.customer_no
    from profile.statements as s
    join staging.records as r on r.row_no = s.row_no
    where r.street is not null and (r.city is not null or r.postal_code is not null)
        and exists (select 1 from actions.channels where reached_by = 'mail')
),
-- What is the same in every channel is found once a customer.
people as (
    select
        n.customer_no, n.customer_id, r.owns_mailbox, r.owns_number,
        a.arm = 'held_out' as is_held_out,
        h.customer_no is not null as has_home,
        g.customer_no is not null as complains,
        t.headroom, t.wait, t.cap_days
    from profile.numbers as n
    join actions.assignments as a on a.customer_no = n.customer_no
    left join reach as r on r.customer_id = n.customer_id
    left join homes as h on h.customer_no = n.customer_no
    left join complaining as g on g.customer_no = n.customer_no
    left join tight as t on t.customer_no = n.customer_no and t.channel = 'all'
),
-- What is the same for every customer is found once a channel.
ways as (
    select
        c.channel, c.reached_by, lc.most, la.most as most_of_all,
        coalesce(sc.days, sa.days) is not null as is_shut,
        case
            when sc.days is not null then concat('cap ', sc.days::varchar, ' days')
            when sa.days is not null then concat('cap ', sa.days::varchar, ' days, all channels')
        end as cap
    from actions.channels as c
    left join least_caps as lc on lc.channel = c.channel
    left join least_caps as la on la.channel = 'all'
    left join shut as sc on sc.channel = c.channel
    left join shut as sa on sa.channel = 'all'
),
limited as (
    select
        p.customer_no, p.customer_id, w.channel, p.complains, p.is_held_out, w.is_shut,
        o.channel is not null as was_asked,
        coalesce(o.is_allowed, false) as has_consent,
        case
            when w.reached_by is null then true
            when w.reached_by = 'mail' then p.has_home
            when w.reached_by = 'email' then coalesce(p.owns_mailbox, false)
            else coalesce(p.owns_number, false)
        end as is_reachable,
        case when w.reached_by = 'email' then p.owns_mailbox is not null when w.reached_by = 'phone' then p.owns_number is not null else false end
            as has_address,
        coalesce(s.contacts_7d, 0) as contacts_7d,
        coalesce(s.contacts_30d, 0) as contacts_30d,
        coalesce(s.contacts_90d, 0) as contacts_90d,
        -- least() passes over nulls: no cap is no limit.
        least(coalesce(t.headroom, w.most), coalesce(p.headroom, w.most_of_all)) as headroom,
        coalesce(p.headroom, w.most_of_all) as headroom_of_all,
        greatest(coalesce(t.wait, 0), coalesce(p.wait, 0)) as wait,
        case
            when w.cap is not null then w.cap
            when t.cap_days is not null then concat('cap ', t.cap_days::varchar, ' days')
            when p.cap_days is not null then concat('cap ', p.cap_days::varchar, ' days, all channels')
        end as cap
    from people as p
    cross join ways as w
    left join profile.consent as o on o.customer_no = p.customer_no and o.channel = w.channel
    left join contacts as s on s.customer_no = p.customer_no and s.channel = w.channel
    left join tight as t on t.customer_no = p.customer_no and t.channel = w.channel
)
select
    customer_no,
    customer_id,
    channel,
    has_consent,
    is_reachable,
    contacts_7d,
    contacts_30d,
    contacts_90d,
    headroom,
    headroom_of_all,
    case when not is_shut then $today::date + wait::integer end as free_from_date,
    case
        when not was_asked then 'never asked'
        when not has_consent then 'no consent'
        when not is_reachable and has_address then 'shared address'
        when not is_reachable then 'no address'
        when complains then 'open complaint'
        when is_held_out then 'held out'
        else cap
    end as reason,
    reason is null as is_eligible
from limited
