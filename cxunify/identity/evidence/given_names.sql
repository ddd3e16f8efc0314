with
counted as (
    select
        given, count(*) as records,
        count(*) filter (gender = 'm') as men, count(*) filter (gender in ('f', 'w')) as women
    from identity.features
    where given is not null
    group by given
),
-- A pet form may stand for several names: the most common of them in this data, then the first in the alphabet.
formal as (
    select n.name, max({records: coalesce(c.records, 0), rank: -length(n.formal), name: n.formal}).name as formal
    from identity.nicknames as n
    left join counted as c on c.given = n.formal
    group by n.name
),
men as (select distinct name from identity.masculine_names),
total as (select count(*) as records from identity.features)
select
    (row_number() over (order by given))::integer as given_id,
    c.given,
    c.records,
    -- In Latin letters: a name in two scripts is found by one key.
    coalesce(f.formal, s.latin) as formal,
    s.latin, s.sound, s.is_unread, s.is_vowelless,
    -- What the records themselves say goes before what is known of names elsewhere: Andrea is a man's name in Italy.
    case
        when c.men + c.women >= $bearers and c.men >= 0.9 * (c.men + c.women) then 'm'
        when c.men + c.women >= $bearers and c.women >= 0.9 * (c.men + c.women) then 'f'
        when m.name is not null then 'm'
    end as gender,
    case
        when c.records <= greatest(10, 0.0005 * t.records) then $rare
        when c.records <= greatest(30, 0.003 * t.records) then $usual
        else $common
    end::utinyint as commonness
from counted as c
cross join total as t
left join identity.sounds as s on s.name = c.given
left join formal as f on f.name = s.latin
left join men as m on m.name = s.sound
