with
counted as (select given, count(*) as records from identity.features where given is not null group by given),
-- A pet form may stand for several names: the most common of them in this data, then the first in the alphabet.
formal as (
    select n.name, max({records: coalesce(c.records, 0), rank: -length(n.formal), name: n.formal}).name as formal
    from identity.nicknames as n
    left join counted as c on c.given = n.formal
    group by n.name
),
total as (select count(*) as records from identity.features)
select
    (row_number() over (order by given))::integer as given_id,
    c.given,
    c.records,
    coalesce(f.formal, c.given) as formal,
    case
        when c.records <= greatest(10, 0.0005 * t.records) then $rare
        when c.records <= greatest(30, 0.003 * t.records) then $usual
        else $common
    end::utinyint as commonness
from counted as c
cross join total as t
left join formal as f on f.name = c.given
