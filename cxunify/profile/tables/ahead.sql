-- What is dated after the instant that every count speaks of. It is few, and mostly none: what reads it, and not `$as_of` itself, need not
-- be made again as time goes on.
select row_no from profile.moments where occurred_at is not null and not coalesce(occurred_at <= $as_of, false)
