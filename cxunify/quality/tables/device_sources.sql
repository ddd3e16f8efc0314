-- One row per source whose visitors are known by their device until they log in.
select distinct source from quality.expectations where subject = 'interaction' and field = 'identifiers.device_id'
