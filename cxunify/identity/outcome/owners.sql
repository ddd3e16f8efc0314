select c.node, n.customer_id
from identity.clusters as c
join temp.customer_ids as n on n.cluster = c.cluster
