-- One row per customer who was in touch: contacts in both directions, answers, surveys. Few interactions are of these kinds.
with
touches as (
    select m.customer_no, m.kind, m.occurred_at, i.interaction_id, i.score, i.case_id
    from profile.moments as m
    join staging.interactions as i on i.row_no = m.row_no
    where m.customer_no is not null and m.occurred_at <= $as_of and m.has_date
        and m.kind in ('contact_in', 'contact_out', 'response', 'survey', 'complaint')
)
select
    customer_no,
    count(*) filter (where kind = 'contact_in') as contacts,
    count(*) filter (where kind = 'contact_out') as contacted,
    count(*) filter (where kind = 'contact_out' and occurred_at > $as_of::timestamp - interval 7 day) as contacted_7d,
    count(*) filter (where kind = 'contact_out' and occurred_at > $as_of::timestamp - interval 30 day) as contacted_30d,
    count(*) filter (where kind = 'contact_out' and occurred_at > $as_of::timestamp - interval 90 day) as contacted_90d,
    count(*) filter (where kind = 'response') as responses,
    count(*) filter (where kind = 'survey') as surveys,
    max({moment: occurred_at, id: interaction_id, score: score}) filter (where kind = 'survey' and score is not null) as last_survey,
    -- A complaint without a case id is a case of its own, and nothing says that it was resolved.
    count(*) filter (where kind = 'complaint' and case_id is null) as loose_complaints
from touches
group by customer_no
