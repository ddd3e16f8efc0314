-- Where customers went within a quarter. Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference": it stays
-- within 0 and 1, and is no point where all or nobody went.
with
moved as (
    select
        p.segment as from_segment,
        s.segment as to_segment,
        count(*) as customers,
        sum(p.value_365d) as value_before,
        sum(s.value_365d) as value_after
    from temp.segmented as s
    left join temp.segmented as p on p.customer_no = s.customer_no and p.quarters_ago = 1
    where s.quarters_ago = 0
    group by p.segment, s.segment
),
shared as (
    select
        m.*,
        sum(m.customers) over (partition by m.from_segment) as whole,
        m.customers / sum(m.customers) over (partition by m.from_segment) as share,
        1.959964::double * 1.959964::double as squared
    from moved as m
)
select
    from_segment,
    to_segment,
    customers,
    round(share, 6) as share,
    round((share + squared / (2 * whole) - sqrt(squared * (share * (1 - share) / whole + squared / (4 * whole * whole)))) / (1 + squared / whole), 6)
        as low,
    round((share + squared / (2 * whole) + sqrt(squared * (share * (1 - share) / whole + squared / (4 * whole * whole)))) / (1 + squared / whole), 6)
        as high,
    value_before,
    value_after
from shared
