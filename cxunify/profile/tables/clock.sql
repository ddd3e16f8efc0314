-- The instant that every count speaks of: the one asked for, or the latest in the data but for stray dates in the future, which a
-- thousandth of the rows does not move; no date after the extracts were read is taken for the present. Where nothing happened, the
-- records say when they were last changed; where they do not say, it is not known.
with
dated as (
    select i.occurred_at
    from staging.interactions as i
    left join profile.strays as x on x.source = i.source and x.field = 'occurred_at' and x.year = year(i.occurred_at)
    where x.year is null
),
body as (select quantile_disc(occurred_at, 0.999) + interval 31 day as limit_at from dated),
latest as (
    select max(d.occurred_at) as moment
    from dated as d
    cross join body as b
    where d.occurred_at <= least(b.limit_at, (select max(loaded_at) from raw.files))
),
changed as (
    select max(moment) as moment
    from (
        select source, 'created_at' as field, created_at as moment from staging.records
        union all
        select source, 'updated_at' as field, updated_at as moment from staging.records
    ) as told
    where
        moment <= coalesce((select max(loaded_at) from raw.files), moment)
        and not exists (
            select 1 from profile.strays as x where x.source = told.source and x.field = told.field and x.year = year(told.moment)
        )
)
select coalesce($as_of::timestamp, (select moment from latest), (select moment from changed)) as as_of
