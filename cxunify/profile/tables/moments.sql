-- The timeline's bones: one narrow row per interaction, whoever's it is, with what everything below counts. The wide columns stay in
-- staging and are joined once, by row, when the timeline is read: a copy of them here would cost more than all that is counted.
select
    i.row_no,
    year(i.occurred_at)::integer as year,
    coalesce(t.customer_no, c.customer_no) as customer_no,
    v.session_no,
    i.occurred_at,
    case
        when $timezone = 'UTC' then i.occurred_at::date else timezone($timezone, i.occurred_at::timestamptz)::date
    end as occurred_date,
    i.source,
    s.channel,
    i.kind,
    i.amount,
    i.currency,
    i.quantity,
    i.lines,
    i.location,
    case when t.customer_no is null and c.customer_no is not null then 'case' else t.identified_by end as identified_by,
    coalesce(t.confidence, c.confidence) as identity_confidence
from staging.interactions as i
left join profile.sources as s on s.source = i.source
left join profile.traces as t on t.trace_id = i.trace_id
left join profile.case_customers as c on c.channel = s.channel and c.case_id = i.case_id
left join profile.visits as v on v.row_no = i.row_no
