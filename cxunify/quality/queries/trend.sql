select run_id, max(as_of) as as_of,
    max(measured) filter (where gap_id = 'total.identified_lines') as identified_lines,
    max(measured) filter (where gap_id = 'total.identified_revenue') as identified_revenue,
    count(*) filter (where gap_id not like 'total.%') as gaps
from (select * from ledger.gaps union all select $run_id, * from quality.measured)
where not looks_back group by run_id order by run_id desc limit $last
