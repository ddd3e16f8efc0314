select
    (select coalesce(sum(records), 0)::bigint from quality.intake),
    (select count(*) from quality.customers),
    (select count(*) from quality.customers where records = 0),
    coalesce(sum(interactions), 0)::bigint,
    coalesce(sum(lines), 0)::bigint,
    coalesce(sum(interactions) filter (where not identified), 0)::bigint,
    coalesce(sum(lines) filter (where not identified), 0)::bigint,
    coalesce(sum(revenue), 0)::decimal(18, 2),
    coalesce(sum(revenue) filter (where not identified), 0)::decimal(18, 2)
from quality.daily
