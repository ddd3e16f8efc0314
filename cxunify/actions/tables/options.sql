-- One row per customer and channel in which it may be contacted, where any channel makes so many contacts only: when its turn is (those of
-- the first tracks, then the most valuable), and what makes the channel better than another.
with
queued as (
    select
        y.customer_no, y.choices,
        row_number() over (order by w.place, p.value_365d desc nulls last, w.customer_id) as turn
    from actions.ways as y
    join actions.walks as w on w.customer_no = y.customer_no
    left join actions.predictions as p on p.customer_id = w.customer_id
    where y.choices is not null and exists (select 1 from actions.channels where capacity is not null)
)
select turn, customer_no, choice.ago, choice.cost, choice.channel
from (select turn, customer_no, unnest(choices) as choice from queued) as listed
