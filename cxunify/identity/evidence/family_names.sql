select
    (row_number() over (order by family))::integer as family_id,
    family,
    count(*) as records,
    case
        when count(*) <= greatest(10, 0.0003 * any_value(t.records)) then $rare
        when count(*) <= greatest(30, 0.002 * any_value(t.records)) then $usual
        else $common
    end::utinyint as commonness
from identity.features
cross join (select count(*) as records from identity.features) as t
where family is not null
group by family
