-- One row per customer and signal that alarms, the most money first. At stake is what a year at the pace of the time before is worth
-- (for a rise: of the time that is judged), by the share of the activity that went away or came. A customer has one purse: of several alarms
-- the least likely by chance carries it, of equal ones that of purchases, then visits, contacts, any. A customer who has not been active at
-- all since is said to have changed on the day after the last one.
with
alarmed as (
    select
        s.signal, s.customer_no, p.direction, p.baseline_days, s.observed_days, p.baseline, p.observed, p.expected, p.p,
        p.expected_false_share,
        case when p.observed = 0 then s.last_ago - 1 else s.observed_days - 1 end as since_ago,
        case when p.direction = 'drop' then s.observed_days else 0 end as from_ago,
        case when p.direction = 'drop' then p.baseline_days else s.observed_days end as worth_days,
        case when p.direction = 'drop' then 1 - p.observed / p.expected else 1 - p.expected / p.observed end as share,
        row_number() over (
            partition by s.customer_no
            order by p.p, case s.signal when 'purchases' then 1 when 'visits' then 2 when 'contacts' then 3 else 4 end
        ) = 1 as carries
    from temp.trigger_stretches as s
    join actions.trigger_patterns as p
        on p.signal = s.signal and p.stretch = s.stretch and p.baseline_days = s.baseline_days and p.baseline = s.baseline
        and p.observed = s.observed
    join actions.found_triggers as f on f.signal = p.signal and f.direction = p.direction
    where s.stretch = 0 and p.is_alarm and f.verdict in ('ready', 'unchecked')
),
worth as (
    select
        a.signal, a.customer_no,
        sum(coalesce(d.purchase_spend, 0) - coalesce(d.return_spend, 0)) as spend
    from alarmed as a
    join profile.days as d
        on d.customer_no = a.customer_no
        and date_diff('day', d.day, $today::date) >= a.from_ago
        and date_diff('day', d.day, $today::date) < a.from_ago + a.worth_days
    where a.carries
    group by a.signal, a.customer_no
)
select
    a.customer_no,
    n.customer_id,
    a.signal,
    a.direction,
    a.baseline_days,
    a.observed_days,
    a.baseline,
    a.observed,
    a.expected,
    a.p,
    a.expected_false_share,
    $today::date - a.since_ago::integer as since_date,
    case when a.carries then greatest(coalesce(w.spend, 0) * 365 / a.worth_days * a.share, 0)::decimal(18, 2) end as value_at_stake,
    row_number() over (order by value_at_stake desc nulls last, a.p, n.customer_id, a.signal)::integer as "rank"
from alarmed as a
join profile.numbers as n on n.customer_no = a.customer_no
left join worth as w on w.customer_no = a.customer_no and w.signal = a.signal
