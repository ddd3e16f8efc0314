-- One row per experiment and customer: the arm, and the days that are compared. A campaign's customer is followed from the first contact,
-- or the day of being left out; of the hold-out that cxunify keeps, the last days that are over are looked at, and what was before
-- a customer's arm was known is what was known before. It is told from the day on that these days are over for somebody: that it has
-- begun is no news, and a run that is made again must say the same. Who was in both arms says nothing.
with
campaigns as (
    select
        experiment, customer_no,
        min(day) as from_date,
        min(channel) as channel,
        count(*) as mentions,
        count(case when is_contact then 1 end) as contacts
    from temp.campaign_rows
    group by experiment, customer_no
),
logged as (
    select customer_id, experiment, min(assigned_at) as assigned_at, min(arm) <> max(arm) as has_moved
    from ledger.assignments
    group by customer_id, experiment
),
own as (
    select
        a.experiment, a.customer_no, a.arm, a.u, a.is_mixed or l.has_moved as is_mixed,
        case when $timezone = 'UTC' then l.assigned_at::date else timezone($timezone, l.assigned_at::timestamptz)::date end as drawn_date
    from actions.assignments as a
    join logged as l on l.customer_id = a.customer_id and l.experiment = a.experiment
)
select
    experiment,
    'campaign' as basis,
    customer_no,
    case when contacts = 0 then 'held_out' else 'treated' end as arm,
    null::double as u,
    contacts > 0 and contacts < mentions as is_mixed,
    from_date as drawn_date,
    from_date,
    date_diff('day', from_date, $today::date) >= $window_days as is_over,
    channel,
    contacts
from campaigns
union all
select
    experiment,
    'own',
    customer_no,
    arm,
    u,
    is_mixed,
    drawn_date,
    $today::date - $window_days::integer,
    date_diff('day', drawn_date, $today::date) >= $window_days,
    null,
    null
from own
where exists (
    select 1 from own as o where o.experiment = own.experiment and date_diff('day', o.drawn_date, $today::date) >= $window_days
)
