-- One row per signal, stretch and pattern: how many customers show it.
select
    signal,
    stretch::integer as stretch,
    baseline_days::integer as baseline_days,
    baseline::integer as baseline,
    observed::integer as observed,
    count(*) as customers
from temp.trigger_stretches
group by all
