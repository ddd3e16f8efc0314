with
stated as materialized (
    select
        source, birth_date, $is_zero as is_zero, strftime(birth_date, '%m%d') = '0101' as is_first_of_january,
        -- Twelve rows of one person are one person.
        count(distinct lower(coalesce(family_name, full_name, record_id))) as people
    from staging.records
    where birth_date is not null
    group by source, birth_date
),
usual as (
    select source, sum(people) / 1000 as most, 10 * median(people) as ordinary from stated where not is_zero group by source
),
popular as (
    select s.source, s.birth_date, s.is_first_of_january
    from stated as s
    join usual as u using (source)
    where not s.is_zero and s.people > greatest(u.most, u.ordinary, 10)
)
select source, birth_date from stated where is_zero
union all
-- Where many a first of January is popular, only years are known of those people: that is little, and not nothing.
select source, birth_date
from popular
qualify not is_first_of_january or count(*) filter (is_first_of_january) over (partition by source) <= 5
