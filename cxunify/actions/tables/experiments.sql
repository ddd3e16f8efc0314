-- One row per experiment: how many customers each arm has, of how many the time is over, how many were in both.
select
    experiment,
    basis,
    count(case when not is_mixed and arm = 'treated' then 1 end) as treated,
    count(case when not is_mixed and arm = 'held_out' then 1 end) as held_out,
    count(case when not is_mixed and is_over then 1 end) as complete,
    count(case when is_mixed then 1 end) as mixed
from actions.experiment_arms
group by experiment, basis
