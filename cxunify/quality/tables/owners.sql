-- One row per source record, by its row in staging: the customer it belongs to.
select r.row_no, a.customer_id, hash(a.customer_id) as customer
from staging.records as r
join identity.assignments as a on a.source = r.source and a.record_id = r.record_id
