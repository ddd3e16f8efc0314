-- The instant that every count speaks of.
select $as_of::timestamp as as_of
