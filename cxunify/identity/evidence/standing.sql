select key, status, people, records
from identity.value_status
semi join (select key from identity.record_values) using (key)
