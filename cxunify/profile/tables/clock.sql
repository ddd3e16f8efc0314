-- The instant that every count speaks of: the one asked for, or the latest in the data but for stray dates in the future, which a
-- thousandth of the rows does not move; no date after the extracts were read is taken for the present.
with
body as (select quantile_disc(occurred_at, 0.999) + interval 31 day as limit_at from staging.interactions),
latest as (
    select max(i.occurred_at) as moment
    from staging.interactions as i
    cross join body as b
    where i.occurred_at <= least(b.limit_at, (select max(loaded_at) from raw.files))
)
select
    coalesce(
        $as_of::timestamp,
        (select moment from latest),
        (select max(coalesce(updated_at, created_at)) from staging.records),
        timestamp '1970-01-01'
    ) as as_of
