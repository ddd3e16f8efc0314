-- One row per contact of a campaign with a known customer, and per customer whom it left out on purpose; only of campaigns that did so.
with
sent as (
    select i.campaign as experiment, m.customer_no, m.kind = 'contact_out' as is_contact, m.channel, m.occurred_date as day
    from profile.moments as m
    join staging.interactions as i on i.row_no = m.row_no
    where m.kind in ('contact_out', 'held_out')
        and m.customer_no is not null and m.has_date and m.occurred_at <= $as_of and i.campaign is not null
),
measured as (select distinct experiment from sent where not is_contact)
select s.experiment, s.customer_no, s.is_contact, s.channel, s.day
from sent as s
join measured as m on m.experiment = s.experiment
