-- One row per campaign and channel: its contacts with customers who count.
select experiment, channel, sum(contacts)::bigint as contacts
from actions.experiment_arms
where basis = 'campaign' and is_over and not is_mixed
group by experiment, channel
