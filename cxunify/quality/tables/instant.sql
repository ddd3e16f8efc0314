-- The instant that the report speaks of: the one asked for, or the end of the last day on which data is ordinary; none where nothing
-- has a date. Dates in the future do not move it: neither a few strays nor, however many, what is dated after the extracts were read.
-- `today`: its day in the company's time zone, as all days here. No clock is read: of the same extracts, read at the same time, comes the
-- same report, whenever it is made. The profile counts to the
-- latest instant instead: for a customer every hour counts, while a day that has only begun would look like missing rows here.
with
days as (
    select coalesce(max(day) filter (where source in (select source from quality.daily)), max(day)) as day from quality.ordinary
)
select
    coalesce($as_of::timestamp, day + interval 86399 second) as as_of,
    coalesce(timezone($timezone, $as_of::timestamp::timestamptz)::date, day) as today
from days
