-- One row per experiment, arm and number of purchases before (3: three or more): customers, and sums over them of what came, of what was
-- before, and of their products. Sums of decimals are the same in whatever order they are added up.
with
arms as (
    select * from actions.experiment_arms where is_over and not is_mixed
),
bought as (
    select
        a.experiment, a.basis, a.customer_no,
        sum(case when d.day >= a.from_date and d.day < a.from_date + $window_days::integer then d.purchases else 0 end) as purchases,
        sum(
            case when d.day >= a.from_date and d.day < a.from_date + $window_days::integer
                then coalesce(d.purchase_spend, 0) - coalesce(d.return_spend, 0) else 0 end
        ) as spend,
        sum(case when d.day < a.drawn_date then d.purchases else 0 end) as purchases_before,
        sum(case when d.day < a.drawn_date then coalesce(d.purchase_spend, 0) - coalesce(d.return_spend, 0) else 0 end) as spend_before
    from arms as a
    join profile.days as d
        on d.customer_no = a.customer_no
        and d.day >= a.drawn_date - $before_days::integer
        and d.day < a.from_date + $window_days::integer
    where d.purchases > 0 or d.returns > 0
    group by a.experiment, a.basis, a.customer_no
),
said as (
    select
        a.experiment, a.basis, a.customer_no,
        max(case when m.kind = 'optout' then 1 else 0 end) as opted_out,
        max(case when m.kind = 'complaint' then 1 else 0 end) as complained
    from arms as a
    join profile.moments as m
        on m.customer_no = a.customer_no
        and m.occurred_date >= a.from_date
        and m.occurred_date < a.from_date + $window_days::integer
    where m.kind in ('optout', 'complaint') and m.has_date and m.occurred_at <= $as_of
    group by a.experiment, a.basis, a.customer_no
),
came as (
    select
        a.experiment, a.basis, a.arm, a.u,
        case when b.purchases > 0 then 1 else 0 end as bought,
        coalesce(b.purchases, 0)::decimal(9, 0) as purchases,
        coalesce(b.spend, 0)::decimal(18, 2) as spend,
        coalesce(s.opted_out, 0) as opted_out,
        coalesce(s.complained, 0) as complained,
        coalesce(b.purchases_before, 0)::decimal(9, 0) as p,
        coalesce(b.spend_before, 0)::decimal(18, 2) as z
    from arms as a
    left join bought as b on b.experiment = a.experiment and b.basis = a.basis and b.customer_no = a.customer_no
    left join said as s on s.experiment = a.experiment and s.basis = a.basis and s.customer_no = a.customer_no
)
select
    experiment, basis, arm, least(p, 3)::integer as stratum,
    count(*) as customers,
    min(u) as least_u, max(u) as most_u,
    sum(p)::double as p, sum(z)::double as z, sum(p * p)::double as pp, sum(p * z)::double as pz, sum(z * z)::double as zz,
    sum(bought)::double as bought, sum(bought * p)::double as bought_p, sum(bought * z)::double as bought_z,
    sum(purchases)::double as purchases, sum(purchases * purchases)::double as purchases_squared,
    sum(purchases * p)::double as purchases_p, sum(purchases * z)::double as purchases_z,
    sum(spend)::double as spend, sum(spend * spend)::double as spend_squared,
    sum(spend * p)::double as spend_p, sum(spend * z)::double as spend_z,
    sum(opted_out)::double as opted_out, sum(opted_out * p)::double as opted_out_p, sum(opted_out * z)::double as opted_out_z,
    sum(complained)::double as complained, sum(complained * p)::double as complained_p, sum(complained * z)::double as complained_z
from came
group by experiment, basis, arm, least(p, 3)
