-- The timeline as it is read and published, in no order of its own.
select
    m.year,
    m.customer_no,
    i.interaction_id,
    n.customer_id,
    i.occurred_at,
    m.occurred_date,
    m.channel,
    i.source,
    i.kind,
    i.kind_value,
    i.amount,
    i.currency,
    m.revenue,
    i.quantity,
    i.lines,
    i.location,
    i.product,
    i.page,
    i.referrer,
    s.session_id,
    i.case_id,
    i.agent,
    i.campaign,
    i.reason,
    i.outcome,
    i.score,
    m.identified_by,
    m.identity_confidence,
    f.path as source_file,
    i.source_row,
    case when cardinality(i.properties) > 0 then to_json(i.properties)::varchar end as properties
from staging.interactions as i
join profile.moments as m on m.row_no = i.row_no
left join profile.numbers as n on n.customer_no = m.customer_no
left join profile.sessions as s on s.session_no = m.session_no
left join raw.files as f on f.file_id = i.file_id
