-- One row per track, in their order: how many customers are on it, how many of them are to be contacted.
select
    k.place,
    k.track,
    count(w.customer_no) as customers,
    count(case when t.blocked_by is null then t.customer_no end) as contacted
from actions.tracks as k
left join actions.walks as w on w.place = k.place
left join actions.treated as t on t.customer_no = w.customer_no
group by k.place, k.track
order by k.place
