with
counted as (select family, count(*) as records from identity.features where family is not null group by family),
-- The surnames in it, without particles; where there is nothing else, these.
parted as (
    select *, list_filter(string_split(latin, ' '), lambda w: not contains($particles, ' ' || w || ' ')) as words
    from identity.sounds
),
sounds as (
    select name, latin, sound, is_unread, is_vowelless, case when len(words) > 0 then words else [latin] end as surnames from parted
),
total as (select count(*) as records from identity.features)
select
    (row_number() over (order by family))::integer as family_id,
    c.family,
    c.records,
    s.latin, s.sound, s.is_unread, s.is_vowelless,
    -- The surnames in it; its particles alone, where there is nothing else.
    contains(s.latin, ' ') as is_double, s.surnames, array_to_string(s.surnames, ' ') as bare,
    case
        when c.records <= greatest(10, 0.0003 * t.records) then $rare
        when c.records <= greatest(30, 0.002 * t.records) then $usual
        else $common
    end::utinyint as commonness
from counted as c
cross join total as t
left join sounds as s on s.name = c.family
