-- One row per signal and customer: on how many days it was shown in the time that is judged (observed_0), in the time before (baseline_0),
-- and in both as they lie one and two judged times earlier.
with
placed as (
    select s.signal, s.customer_no, s.days_ago, w.observed_days as o, w.observed_days + w.baseline_days as b
    from temp.signals as s
    join actions.trigger_windows as w on w.signal = s.signal
    where w.stretches > 0
)
select
    signal,
    customer_no,
    max(days_ago) as first_ago,
    min(days_ago) as last_ago,
    count(case when days_ago < o then 1 end) as observed_0,
    count(case when days_ago >= o and days_ago < b then 1 end) as baseline_0,
    count(case when days_ago >= o and days_ago < 2 * o then 1 end) as observed_1,
    count(case when days_ago >= 2 * o and days_ago < b + o then 1 end) as baseline_1,
    count(case when days_ago >= 2 * o and days_ago < 3 * o then 1 end) as observed_2,
    count(case when days_ago >= 3 * o and days_ago < b + 2 * o then 1 end) as baseline_2
from placed
group by signal, customer_no
