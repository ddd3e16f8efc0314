-- One row per record and way to reach its person that it states, by its row in staging: the best of several, since one good mailbox is
-- enough.
select
    row_no, type,
    case max(case status when 'placeholder' then 1 when 'invalid' then 2 when 'damaged' then 2 else 3 end)
        when 1 then 'placeholder' when 2 then 'invalid' else 'usable'
    end as status
from identity.contact_points
where row_no is not null
group by row_no, type
