-- One row per signal, stretch and customer who was there long enough. A customer who came within the time before is known from then on;
-- that first day is not counted, since without it there would be no customer. Less than half of that time says too little.
with
stretched as (
    select signal, customer_no, 0 as stretch, first_ago, last_ago, baseline_0 as baseline, observed_0 as observed
    from temp.trigger_counts
    union all
    select signal, customer_no, 1, first_ago, last_ago, baseline_1, observed_1
    from temp.trigger_counts
    union all
    select signal, customer_no, 2, first_ago, last_ago, baseline_2, observed_2
    from temp.trigger_counts
),
known as (
    select
        s.signal, s.customer_no, s.stretch, s.last_ago, s.baseline, s.observed, w.observed_days, w.baseline_days,
        s.first_ago - (s.stretch + 1) * w.observed_days as known_days
    from stretched as s
    join actions.trigger_windows as w on w.signal = s.signal and w.stretches > s.stretch
)
select
    signal,
    customer_no,
    stretch,
    last_ago,
    observed_days,
    least(known_days, baseline_days) as baseline_days,
    case when known_days < baseline_days then baseline - 1 else baseline end as baseline,
    observed
from known
where 2 * known_days >= baseline_days
