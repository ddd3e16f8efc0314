-- The visits of `whole`, those longer than the configuration allows cut at that many hours from their beginning, and again after as
-- many: a session id that a kiosk or an app never renews is no visit of weeks.
select
    row_no,
    first_value(row_no) over part as session_no,
    row_number() over part::integer as position
from (
    select
        w.row_no,
        w.session_no,
        w.position,
        date_diff('second', b.occurred_at, i.occurred_at) // ($session_max_hours * 3600) as part_no
    from whole as w
    join staging.interactions as i on i.row_no = w.row_no
    join staging.interactions as b on b.row_no = w.session_no
)
window part as (partition by session_no, part_no order by position)
