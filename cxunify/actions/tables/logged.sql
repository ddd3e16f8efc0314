-- One row per customer whom the ledger knows on a track: its last word of a day that is not later than as_of. Customers that were merged
-- come from where the last of them was put, what splits off begins anew.
with
said as (
    select
        coalesce(a.now, l.customer_id) as now_id,
        l.*,
        row_number() over (
            partition by coalesce(a.now, l.customer_id) order by l.assigned_at desc, l.run_id desc, l.customer_id
        ) as place
    from ledger.tracks as l
    left join actions.aliases as a on a.customer_id = l.customer_id
    where l.assigned_at <= $as_of
)
select n.customer_no, n.customer_id, s.track, s.previous_track, s.cause, s.changed_date, s.assigned_at
from said as s
join profile.numbers as n on n.customer_id = s.now_id
where s.place = 1
