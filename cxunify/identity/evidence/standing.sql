-- Of what means nothing it does not matter how many use it, and of the rest only what several records have is evidence.
select key, status, case when status = 'valid' then people else 1 end::utinyint as people, case when status = 'valid' then records else 1 end as records
from identity.value_status
semi join (select key from identity.record_values) using (key)
where status <> 'valid' or records > 1
