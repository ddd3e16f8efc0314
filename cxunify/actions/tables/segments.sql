-- Who is in which segment. What a customer last asked for by himself is the last coded reason of his contacts and complaints.
with
asked as (
    select m.customer_no, arg_max(i.reason, {moment: m.occurred_at, row_no: m.row_no}) as reason
    from profile.moments as m
    join staging.interactions as i on i.row_no = m.row_no
    where m.kind in ('contact_in', 'complaint') and m.customer_no is not null and m.occurred_at <= $as_of and i.reason is not null
    group by m.customer_no
)
select
    s.customer_no,
    n.customer_id,
    s.value_tier,
    s.rhythm,
    case
        when s.rhythm = 'never bought' then null
        when b.store_purchases > 0 and b.web_purchases > 0 then 'both'
        when b.store_purchases > 0 then 'store'
        when b.web_purchases > 0 then 'web'
        else 'other'
    end as channel_habit,
    a.reason as expressed_need,
    s.segment,
    p.segment as previous_segment
from temp.segmented as s
join profile.numbers as n on n.customer_no = s.customer_no
left join profile.behaviour as b on b.customer_no = s.customer_no
left join asked as a on a.customer_no = s.customer_no
left join temp.segmented as p on p.customer_no = s.customer_no and p.quarters_ago = 1
where s.quarters_ago = 0
