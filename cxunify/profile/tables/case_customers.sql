-- Cases in which exactly one customer is known: what else shares their id belongs to that customer too.
select s.channel, i.case_id, min(t.customer_no) as customer_no, min(t.confidence) as confidence
from staging.interactions as i
join profile.sources as s on s.source = i.source
join profile.traces as t on t.trace_id = i.trace_id
where i.case_id is not null and t.customer_no is not null
group by s.channel, i.case_id
having count(distinct t.customer_no) = 1
