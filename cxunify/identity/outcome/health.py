"""identity.* -> identity.health: what can be told of customers without a single label.

Each measure counts something that is seldom right: several given names in one customer hint at a wrong merge, one name and
number spread over several customers at a missed one. None of them is proof; their growth from run to run is news.
"""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.config import Config
from cxunify.identity.evidence.block import findable
from cxunify.identity.match.join import asked
from cxunify.schema.identity import HEALTH
from cxunify.warehouse import Stage, Warehouse

LARGEST = 5


@dataclass(frozen=True)
class Sign:
    """One measure: how many there are, of how many, and what it hints at."""

    measure: str
    found: int
    total: int
    meaning: str


@dataclass(frozen=True)
class Health:
    """The largest customers, with their records, and the signs of wrong and missed merges."""

    largest: tuple[tuple[str, int], ...]
    signs: tuple[Sign, ...]


def told(warehouse: Warehouse) -> Health:
    """What identity.health says."""
    largest = warehouse.rows(
        "select customer_id, count(*) as records from identity.owners group by customer_id"
        " order by records desc, customer_id limit $largest",
        {"largest": LARGEST},
    )
    signs = warehouse.rows("select measure, found, total, meaning from identity.health order by place")
    return Health(tuple((customer_id, records) for customer_id, records in largest), tuple(Sign(*row) for row in signs))


def stage(config: Config) -> Stage:
    """One row per measure."""
    select = f"""
with
told as materialized (
    select l.cluster, p.node, case when length(p.given) > 1 then p.formal end as formal, p.family, p.birth_date, p.suffix
    from identity.clusters as l
    join identity.traits as p using (node)
),
customers as (
    select cluster, count(distinct birth_date) as birth_dates from told group by cluster
),
-- Spelling variants of one name are not two.
several as (
    select count(distinct x.cluster) as customers
    from told as x
    join told as y on y.cluster = x.cluster and y.formal > x.formal
    where jaro_winkler_similarity(x.formal, y.formal) < 0.8
),
contacts as (
    select r.node, r.key, r.type, v.key is not null as has_users
    from identity.record_values as r
    left join identity.standing as v on v.key = r.key
    where coalesce(v.status, 'valid') = 'valid' and r.type <> 'device_id'
),
reached as (
    select c.type, c.key, c.has_users, t.*
    from contacts as c
    join told as t using (node)
    where t.formal is not null and t.family is not null and c.type in ('phone', 'email')
),
-- Of values that one record alone uses there is nothing to group.
combined as (
    select type, count(distinct cluster) as customers
    from reached
    where has_users
    -- Father and son may share name and number.
    group by type, key, formal, family, coalesce(suffix, '')
    union all
    select type, 1 from reached where not has_users
),
unfindable as (
    select node from identity.traits
    anti join contacts using (node)
    where not coalesce({findable(config)}, false)
),
alike as (
    select coalesce(sum(p.half_pairs), 0) // 2 as pairs
    from identity.skipped_pairs as p
    join identity.skipped_comparisons as c on c.a = p.a and c.b = p.b
    join identity.skipped_weights as w on w.pattern = c.pattern
    join identity.clusters as x on x.node = p.a
    join identity.clusters as y on y.node = p.b
    where (w.weight > {round(asked(config))} or w.is_settled) and not w.is_forbidden and x.cluster <> y.cluster
),
measures (place, measure, found, total, meaning) as (
    select 1, 'customers whose records contradict each other', (select count(distinct customer_id) from identity.contradictions),
        count(*), 'wrong merges'
    from customers
    union all
    select 2, 'customers with several given names', (select customers from several), count(*), 'wrong merges'
    from customers
    union all
    select 3, 'customers with several birth dates', count(*) filter (birth_dates > 1), count(*), 'wrong merges'
    from customers
    union all
    select 4, 'names with phone, over several customers', count(*) filter (customers > 1), count(*), 'missed merges'
    from combined
    where type = 'phone'
    union all
    select 5, 'names with e-mail, over several customers', count(*) filter (customers > 1), count(*), 'missed merges'
    from combined
    where type = 'email'
    union all
    select 6, 'records with nothing to match on', (select count(*) from unfindable), count(*), 'lone records'
    from told
    union all
    -- Both are estimated from a sample.
    select 7, 'pairs alike, in groups too large to compare', (select joins from identity.hidden), pairs, 'missed merges'
    from alike
)
select place, measure, found::bigint as found, total::bigint as total, meaning from measures order by place
"""
    return Stage(
        HEALTH,
        select,
    )
