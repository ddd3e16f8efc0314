with
counted as (select family, count(*) as records from identity.features where family is not null group by family),
total as (select count(*) as records from identity.features)
select
    (row_number() over (order by family))::integer as family_id,
    c.family,
    c.records,
    s.sound,
    case
        when c.records <= greatest(10, 0.0003 * t.records) then $rare
        when c.records <= greatest(30, 0.002 * t.records) then $usual
        else $common
    end::utinyint as commonness
from counted as c
cross join total as t
left join identity.sounds as s on s.name = c.family
