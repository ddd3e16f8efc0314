"""staging.traces, identity.owners -> identity.trace_assignments: whose each trace of interactions is, if anybody's.

In order of strength: the foreign key to a record; a value that records own and one customer alone uses; a value that no record
has, which is the customer's whom it is seen with; the device, if few use it. A trace whose values lead to no record makes a
customer of its own, known from interactions only; a bare device does not.
"""

from __future__ import annotations

import polars as pl

from cxunify.components import components
from cxunify.config import Config
from cxunify.identity.outcome.registry import minted
from cxunify.schema import Table
from cxunify.schema.identity import TRACE_ASSIGNMENTS
from cxunify.vocabulary import hashes
from cxunify.vocabulary.identifiers import is_placeholder
from cxunify.warehouse import Loop, Parts, Split, Stage, Step, statement


def steps(config: Config) -> tuple[Step, ...]:
    """The steps, in order."""
    return (_owned(), _told(), _unowned(config), _given(), _known(), _devices(config), _assigned())


def _owned() -> Stage:
    """The customer of each value: of the records that state it or, failing that, of the records whose traces carry it."""
    return Stage(
        Table("temp.owned_values", "One row per value that records or their traces carry.", ("key",)),
        statement("cxunify.identity", "outcome", "owned_values"),
    )


def _told() -> Stage:
    """The customer of each trace that its foreign key, or a value that records own, leads to."""
    select = f"""
with
best as (
    select t.trace_id, min({{strength: {_rank("t.type")}, type: t.type, customer_id: o.customer_id}}) as best
    from identity.trace_values as t
    join temp.owned_values as o on o.key = t.key
    where o.is_one and t.type <> 'device_id'
    group by t.trace_id
)
select
    t.trace_id,
    coalesce(c.customer_id, b.best.customer_id) as customer_id,
    case when c.customer_id is not null then 'foreign key' else b.best.type end as identified_by,
    case when c.customer_id is not null then 1.0 else {_confidence("b.best.type")} end as confidence
from staging.traces as t
left join identity.foreign_keys as p on p.source = t.person_source and p.record_id = t.person_record_id
left join identity.features as f on f.source = p.source and f.record_id = p.points_to
left join identity.owners as c on c.node = f.node
left join best as b on b.trace_id = t.trace_id
where coalesce(c.customer_id, b.best.customer_id) is not null
"""
    return Stage(
        Table("temp.told_traces", "One row per trace that leads to a record: whose it is.", ("trace_id",)), select
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
    where k.points_to is null and not {is_placeholder("t.person_record_id")}
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
select u.trace_id, u.type, u.value, {_rank("u.type")} as strength, t.customer_id, t.confidence::double as confidence
from unowned as u
left join temp.told_traces as t on t.trace_id = u.trace_id
order by u.trace_id, strength, u.type, u.value
"""
    table = Table(
        "temp.unowned_values", "One row per value that no record carries: its customer, or the name of its group."
    )
    ties = "select cast(trace_id as string) as a, concat(type, ':', value) as b from carried"
    split = Split(ties, {"carried": ("cast(trace_id as string)",)})
    return Loop(table, grouped, {"carried": select}, split=split)


def grouped(carried: pl.DataFrame) -> pl.DataFrame:
    """One row per value that no record carries: its customer, or the name of a group that makes a customer of its own.

    A value is the customer's whom all of its traces that lead to somebody lead to; it then leads those that nothing else does,
    and they in turn lead what else they carry. One that is seen with several customers is nobody's and has neither. What is
    seen with no customer is grouped by the traces that carry several such values.
    """
    values = ("type", "value", "strength")
    keys = carried.select(values).unique().sort("strength", "type", "value").with_row_index("key")
    rest = carried.join(keys, on=values, how="left", maintain_order="left").drop(values)
    rounds = [pl.DataFrame(schema={"key": pl.UInt32, "customer_id": pl.String, "confidence": pl.Float64})]
    while len(seen := rest.filter(pl.col("customer_id").is_not_null())):
        by_value = seen.group_by("key").agg(
            pl.when(pl.col("customer_id").min() == pl.col("customer_id").max()).then(pl.col("customer_id").min()),
            pl.col("confidence").max(),
        )
        rounds.append(by_value)
        found = rest.drop("customer_id", "confidence").join(by_value, on="key", how="inner", maintain_order="left")
        leads = found.drop_nulls("customer_id").unique("trace_id", keep="first", maintain_order=True).drop("key")
        rest = (
            rest.join(by_value, on="key", how="anti", maintain_order="left")
            .join(leads, on="trace_id", how="left", suffix="_led", maintain_order="left")
            .with_columns(pl.coalesce("customer_id", "customer_id_led"), pl.coalesce("confidence", "confidence_led"))
            .drop("customer_id_led", "confidence_led")
        )
    first = rest.select(pl.col("key").first().over("trace_id"))["key"]
    label = components(len(keys), rest["key"].to_numpy(), first.to_numpy())
    named = keys.with_columns(pl.Series("label", label)).with_columns(
        (pl.col("type").first().over("label") + ":" + pl.col("value").first().over("label")).alias("name")
    )
    led = pl.concat(rounds)
    return named.join(led.with_columns(is_led=True), on="key", how="left", maintain_order="left").select(
        "type", "value", pl.when(pl.col("is_led").is_null()).then("name").alias("name"), "customer_id", "confidence"
    )


def _given() -> Stage:
    select = f"""
select
    hash(type, value) as key, type, value, name is not null as is_stranger, confidence,
    coalesce(customer_id, case when name is not null then {minted("'trace'", "name")} end) as customer_id
from temp.unowned_values
"""
    return Stage(
        Table("temp.given_values", "One row per value that no record carries: whose it is, if anybody's.", ("key",)),
        select,
    )


def _rank(column: str) -> str:
    """SQL for the strength of an identifier type, the strongest first."""
    ranks = {"loyalty_id": 1, "login": 2, "email": 4, "phone": 5, "orphan key": 6}
    return (
        f"case {hashes.of(column)} "
        + " ".join(f"when '{name}' then {rank}" for name, rank in ranks.items())
        + " else 3 end"
    )


def _confidence(type_: str) -> str:
    """SQL for how sure a value of a type is."""
    return f"case {hashes.of(type_)} when 'email' then 0.95 when 'phone' then 0.9 else 0.99 end"


def _known() -> Stage:
    """What each trace says by itself, devices apart. A value that was given is no surer than the one that it was given by."""
    select = f"""
with
best as (
    select
        t.trace_id,
        min({{
            strength: {_rank("t.type")}, type: t.type, customer_id: g.customer_id, is_stranger: g.is_stranger,
            confidence: least({_confidence("t.type")}, coalesce(g.confidence, 1.0))
        }}) as best
    from identity.trace_values as t
    join temp.given_values as g on g.key = t.key
    where g.customer_id is not null
    group by t.trace_id
)
select
    t.trace_id,
    coalesce(o.customer_id, b.best.customer_id, k.customer_id) as customer_id,
    case
        when o.customer_id is not null then o.identified_by
        when b.best.customer_id is not null then case when b.best.is_stranger then 'trace only' else b.best.type end
        when k.customer_id is not null then 'orphan key'
    end as identified_by,
    case
        when o.customer_id is not null then o.confidence
        when b.best.customer_id is not null then b.best.confidence
        when k.customer_id is not null then coalesce(k.confidence, 1.0)
    end as confidence
from staging.traces as t
left join temp.told_traces as o on o.trace_id = t.trace_id
left join best as b on b.trace_id = t.trace_id
left join temp.given_values as k on k.type = 'orphan key' and k.value = t.person_source || ':' || t.person_record_id
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
        parts=Parts("trace_id"),
    )
