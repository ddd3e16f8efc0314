select d.location, d.day, sum(d.interactions)::bigint
from quality.daily as d
left join quality.expectations as e on e.source = d.source and e.subject = 'interaction' and e.field = $field
where d.source = $source and (e.kinds is null or list_contains(e.kinds, d.kind))
  and case $of
    when 'money' then d.kind in ('purchase', 'return')
    when 'owned' then d.kind in (from quality.owned) or d.source not in (from quality.device_sources)
    when 'visits' then d.kind not in (from quality.owned)
    else true
  end
group by all
