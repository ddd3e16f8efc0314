"""staging.traces, identity.owners -> identity.trace_assignments: whose each trace of interactions is, if anybody's.

In order of strength: the foreign key to a record; a value that one customer alone uses; the device, if few use it. A trace
whose values belong to no record makes a customer of its own, known from interactions only; a bare device does not.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cxunify.config import Config
from cxunify.identity.outcome.registry import minted
from cxunify.schema import Table
from cxunify.schema.identity import TRACE_ASSIGNMENTS
from cxunify.warehouse import Loop, Stage, Step, statement


def steps(config: Config) -> tuple[Step, ...]:
    """The steps, in order."""
    return (_owned(), _unowned(config), _strangers(), _known(), _devices(config), _assigned())


def _owned() -> Stage:
    """The customer of each value: of the records that state it or, failing that, of the records whose traces carry it."""
    return Stage(
        Table("temp.owned_values", "One row per value that records or their traces carry.", ("key",)),
        statement("cxunify.identity", "outcome", "owned_values"),
    )


def _unowned(config: Config) -> Loop:
    """Values that no record carries, and that several traces may carry together.

    A foreign key without a record is such a value, unless it stands for all guests of a shop: it is seen with more mailboxes,
    logins or cards than one person has.
    """
    select = f"""
with
useless as (select key from identity.value_status where status <> 'valid'),
orphans as (
    select t.trace_id, t.person_source || ':' || t.person_record_id as value
    from staging.traces as t
    join identity.foreign_keys as k on k.source = t.person_source and k.record_id = t.person_record_id
    where k.points_to is null
),
crowded as (
    select distinct o.value
    from orphans as o
    join identity.trace_values as v on v.trace_id = o.trace_id
    where v.type in ('loyalty_id', 'login', 'email')
    group by o.value, v.type
    having count(distinct v.key) > {config.identity.shared_values.other}
),
unowned as (
    select t.trace_id, t.type, t.value
    from identity.trace_values as t
    anti join useless as v on v.key = t.key
    anti join temp.owned_values as o on o.key = t.key
    where t.type <> 'device_id' and t.node is null
    union all
    select trace_id, 'orphan key', value from orphans where value not in (select value from crowded)
)
select trace_id, type, value, {_rank("type")} as strength from unowned order by trace_id, strength, type, value
"""
    table = Table("temp.unowned_values", "One row per value that no record carries: the strongest of its group.")
    return Loop(table, grouped, {"carried": select})


def grouped(carried: pl.DataFrame) -> pl.DataFrame:
    """Values grouped by the traces that carry several of them, each with the name of its group: one customer each group."""
    keys = carried.select("type", "value", "strength").unique().sort("strength", "type", "value").with_row_index("key")
    joined = carried.join(keys, on=["type", "value", "strength"], how="left", maintain_order="left")
    first = joined.select(pl.col("key").first().over("trace_id"))["key"]
    graph = coo_array(
        (np.ones(len(joined), dtype=np.int8), (joined["key"].to_numpy(), first.to_numpy())),
        shape=(len(keys), len(keys)),
    )
    _, label = connected_components(graph, directed=False) if len(keys) else (0, np.zeros(0, dtype=np.int32))
    named = keys.with_columns(pl.Series("label", label)).with_columns(
        (pl.col("type").first().over("label") + ":" + pl.col("value").first().over("label")).alias("name")
    )
    return named.select("type", "value", "name")


def _strangers() -> Stage:
    new = minted("'trace'", "name")
    select = f"select hash(type, value) as key, type, value, {new} as customer_id from temp.unowned_values"
    return Stage(
        Table("temp.strangers", "One row per value of a customer known from interactions only.", ("key",)), select
    )


def _rank(column: str) -> str:
    """SQL for the strength of an identifier type, the strongest first."""
    ranks = {"loyalty_id": 1, "login": 2, "email": 4, "phone": 5, "orphan key": 6}
    return f"case {column} " + " ".join(f"when '{name}' then {rank}" for name, rank in ranks.items()) + " else 3 end"


def _known() -> Stage:
    """What each trace says by itself, devices apart."""
    select = f"""
with
useless as (select key from identity.value_status where status <> 'valid'),
said as (
    select t.trace_id, t.type, {_rank("t.type")} as strength,
        coalesce(case when o.is_one then o.customer_id end, s.customer_id) as customer_id,
        o.key is null as is_stranger
    from identity.trace_values as t
    anti join useless as v on v.key = t.key
    left join temp.owned_values as o on o.key = t.key
    left join temp.strangers as s on s.key = t.key
    where t.type <> 'device_id'
),
best as (
    select trace_id, min({{strength: strength, type: type, customer_id: customer_id, is_stranger: is_stranger}}) as best
    from said
    where customer_id is not null
    group by trace_id
)
select
    t.trace_id,
    coalesce(c.customer_id, b.best.customer_id, k.customer_id) as customer_id,
    case
        when c.customer_id is not null then 'foreign key'
        when b.best.customer_id is not null then case when b.best.is_stranger then 'trace only' else b.best.type end
        when k.customer_id is not null then 'orphan key'
    end as identified_by,
    case
        when c.customer_id is not null then 1.0
        when b.best.customer_id is not null then case b.best.type when 'email' then 0.95 when 'phone' then 0.9 else 0.99 end
        when k.customer_id is not null then 1.0
    end as confidence
from staging.traces as t
left join identity.foreign_keys as p on p.source = t.person_source and p.record_id = t.person_record_id
left join identity.features as f on f.source = p.source and f.record_id = p.points_to
left join identity.owners as c on c.node = f.node
left join best as b on b.trace_id = t.trace_id
left join temp.strangers as k on k.type = 'orphan key' and k.value = t.person_source || ':' || t.person_record_id
"""
    return Stage(Table("temp.known_traces", "One row per trace: whose it is by its own word.", ("trace_id",)), select)


def _devices(config: Config) -> Stage:
    """The customer of each device that few people use: the last one seen on it, or the only one."""
    limit = config.identity.shared_values.device_id
    only = "= 1" if config.identity.device == "none" else f"between 1 and {limit}"
    select = f"""
with useless as (select key from identity.value_status where status <> 'valid')
select
    d.value as device,
    max({{moment: coalesce(t.last_at, timestamp '0001-01-01'), customer_id: k.customer_id}}).customer_id as customer_id
from identity.trace_values as d
anti join useless as v on v.key = d.key
join staging.traces as t on t.trace_id = d.trace_id
join temp.known_traces as k on k.trace_id = d.trace_id
where d.type = 'device_id' and k.customer_id is not null
group by d.value
having count(distinct coalesce(t.person_record_id, k.customer_id)) {only}
"""
    return Stage(Table("temp.devices", "One row per device with a customer: whose it is.", ("device",)), select)


def _assigned() -> Stage:
    return Stage(
        TRACE_ASSIGNMENTS,
        statement("cxunify.identity", "outcome", "trace_assignments"),
    )
