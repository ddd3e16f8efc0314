"""Clusters + the last run -> identity.owners, .assignments, .changes and more: ids that last as long as their records do."""

from __future__ import annotations

import polars as pl

from cxunify.identity.match.cluster import Ints
from cxunify.warehouse import Stage, Warehouse


def minted(*columns: str) -> str:
    """SQL for a new customer's id: 64 bits of a digest of what first made it known, so that a rerun makes the same."""
    return f"'c' || left(md5(concat_ws(chr(31), {', '.join(columns)})), 16)"


def persist(warehouse: Warehouse, label: Ints, run_id: str) -> None:
    """Give each cluster (the smallest record number of its members, per record) its customer id, and tell what changed.

    Old and new customers are matched greedily, one to one, by the records they share: most first, then the smaller id.
    """
    if not warehouse.exists("identity.assignments"):
        _empty(warehouse)
    warehouse.write(
        Stage("identity.clusters", "select node::integer as node, label::integer as label from frame", ("node",),
              "One row per source record: the smallest record number of its cluster."),
        pl.DataFrame({"node": range(len(label)), "label": label}, schema={"node": pl.Int32, "label": pl.Int32}),
    )  # fmt: skip
    overlaps = warehouse.frame(
        """
select o.customer_id as old_id, l.label, count(*) as records
from identity.assignments as o
join identity.features as f on f.source = o.source and f.record_id = o.record_id
join identity.clusters as l on l.node = f.node
group by o.customer_id, l.label
order by records desc, old_id, label
"""
    )
    kept = _greedy(overlaps)
    fresh = warehouse.frame(
        f"select l.label, {minted('f.source', 'f.record_id')} as customer_id from identity.clusters as l"
        " join identity.features as f on f.node = l.label where l.node = l.label order by l.label"
    )
    ids = (
        fresh.join(kept, on="label", how="left")
        .with_columns(
            pl.coalesce("old_id", "customer_id").alias("customer_id"), pl.col("old_id").is_not_null().alias("is_kept")
        )
        .select("label", "customer_id", "is_kept")
    )
    # A minted id may by now belong to a customer that moved away from the record that made it.
    taken = ids.filter(pl.col("is_kept"))["customer_id"].implode()
    ids = ids.with_columns(
        pl.when(~pl.col("is_kept") & pl.col("customer_id").is_in(taken))
        .then(pl.col("customer_id") + "-" + pl.lit(run_id))
        .otherwise(pl.col("customer_id"))
        .alias("customer_id")
    )
    changes = _changes(warehouse, overlaps, ids, run_id)
    warehouse.write(
        Stage("identity.owners", "select l.node, f.customer_id::varchar as customer_id from identity.clusters as l"
              " join frame as f using (label) order by l.node", ("node",), "One row per source record: its customer."),
        ids.select("label", "customer_id"),
    )  # fmt: skip
    warehouse.append("identity.changes", changes)


def _empty(warehouse: Warehouse) -> None:
    """The tables of the first run."""
    warehouse.build(
        (
            Stage("identity.assignments", "select null::varchar as source, null::varchar as record_id,"
                  " null::varchar as customer_id, null::double as confidence, null::varchar as joined_by where false",
                  ("source", "record_id"), "One row per source record: its customer."),
            Stage("identity.changes", "select null::varchar as run_id, null::varchar as kind, null::varchar as old_id,"
                  " null::varchar as new_id, null::varchar as cause where false",
                  (), "One row per change of a customer id, over all runs."),
        )
    )  # fmt: skip


def _greedy(overlaps: pl.DataFrame) -> pl.DataFrame:
    """One to one: each old id to the new cluster that holds most of its records, unless that one is taken."""
    alone = (pl.len().over("old_id") == 1) & (pl.len().over("label") == 1)
    simple = overlaps.filter(alone).select("label", "old_id")
    olds: set[str] = set()
    labels: set[int] = set()
    rest = []
    for old_id, label, _ in overlaps.filter(~alone).iter_rows():
        if old_id not in olds and label not in labels:
            olds.add(old_id)
            labels.add(label)
            rest.append((label, old_id))
    return pl.concat([simple, pl.DataFrame(rest, orient="row", schema=simple.schema)])


def _changes(warehouse: Warehouse, overlaps: pl.DataFrame, ids: pl.DataFrame, run_id: str) -> pl.DataFrame:
    """What became of each id: new, merged, split or erased. An id that stands is no change, unless it stood for others."""
    old = warehouse.frame("select distinct customer_id as old_id from identity.assignments order by old_id")
    moved = overlaps.join(ids.select("label", "customer_id"), on="label").select(
        "old_id", pl.col("customer_id").alias("new_id")
    )
    elsewhere = moved.filter(pl.col("old_id") != pl.col("new_id"))
    lives = set(ids["customer_id"])
    known = set(old["old_id"])
    rows = [("new", None, new_id) for new_id in ids["customer_id"] if new_id not in known]
    split = [("split", old_id, new_id) for old_id, new_id in elsewhere.iter_rows() if old_id in lives]
    merged = [("merged", old_id, new_id) for old_id, new_id in elsewhere.iter_rows() if old_id not in lives]
    of_old = {new_id for _, _, new_id in split}
    rows = [row for row in rows if row[2] not in of_old]
    seen = set(moved["old_id"])
    erased = [("erased", old_id, None) for old_id in old["old_id"] if old_id not in seen]
    causes = {
        "new": "records seen for the first time",
        "merged": "its records joined another customer",
        "split": "some of its records left",
        "erased": "none of its records is there any more",
    }
    every = [(run_id, kind, old_id, new_id, causes[kind]) for kind, old_id, new_id in (*rows, *split, *merged, *erased)]
    schema = dict.fromkeys(("run_id", "kind", "old_id", "new_id", "cause"), pl.String)
    return pl.DataFrame(sorted(every, key=str), orient="row", schema=schema)


def assignments() -> tuple[Stage, ...]:
    """identity.links, identity.assignments, identity.refused, identity.identifiers, identity.shared_values, from clusters."""
    joined = """
with
judged as (
    select c.a, c.b, c.pattern, w.weight, w.probability, w.is_settled
    from identity.comparisons as c
    join identity.clusters as k on k.node = c.a
    join identity.clusters as l on l.node = c.b
    join identity.weights as w on w.pattern = c.pattern
    where k.label = l.label
    union all
    -- Settled, and never compared: the model has nothing to say of it.
    select t.a, t.b, null, null, null, false
    from (select a, b from identity.settled anti join identity.comparisons using (a, b)) as t
    join identity.clusters as k on k.node = t.a
    join identity.clusters as l on l.node = t.b
    where k.label = l.label
)
select
    c.a, c.b, c.pattern, coalesce(s.cause, case when c.is_settled then 'identifier' else 'model' end) as rule, c.weight,
    -- What a person or the source itself has settled is not for the model to doubt.
    case when s.cause is not null then 1.0 else c.probability end as probability
from judged as c
left join identity.settled as s on s.a = c.a and s.b = c.b
where c.weight > 0 or c.is_settled or s.cause is not null
"""
    links = """
select
    x.source as source_a, x.record_id as record_id_a, y.source as source_b, y.record_id as record_id_b,
    j.rule, j.weight / 1000 / ln(2) as weight, j.probability, coalesce(w.fields, '') as fields, j.a, j.b
from temp.joined as j
join identity.features as x on x.node = j.a
join identity.features as y on y.node = j.b
left join identity.weights as w on w.pattern = j.pattern
"""
    # Of equal joins the one with the smallest pattern speaks for the record: nothing depends on the order of rows.
    assigned = """
with
ends as (
    select a as node, pattern, rule, probability from temp.joined
    union all
    select b, pattern, rule, probability from temp.joined
),
-- Customers are judged whole, and so is what they are worth: a record is as sure as its joins are on average. Log odds are
-- added up as whole thousandths, so that their order does not matter, and no join counts for more than 12.
surest as (
    select
        node, max(probability) as probability,
        case
            when bool_or(rule in ('decision', 'merge pointer')) then 1.0
            else 1 / (1 + exp(-avg(odds) / 1000))
        end as confidence
    from (
        select *, round(1000 * ln(greatest(probability, 6e-6) / greatest(1 - probability, 6e-6)))::integer as odds from ends
    )
    group by node
),
best as (
    select e.node, any_value(s.confidence) as confidence, min(e.rule) as rule, min(e.pattern) as pattern
    from ends as e
    join surest as s on s.node = e.node and s.probability = e.probability
    group by e.node
),
sizes as (select label, count(*) as records from identity.clusters group by label having count(*) > 1)
select
    f.source, f.record_id, c.customer_id,
    case when s.label is null then 1.0 else coalesce(b.confidence, 0.5) end as confidence,
    case
        when s.label is null then 'only record' when b.rule <> 'model' then b.rule else coalesce(w.evidence, 'model')
    end as joined_by
from identity.owners as c
join identity.features as f using (node)
join identity.clusters as l using (node)
left join sizes as s on s.label = l.label
left join best as b on b.node = c.node
left join identity.weights as w on w.pattern = b.pattern
"""
    refused = """
with
apart as (
    select c.a, c.b, w.is_forbidden, w.weight, w.probability, w.fields
    from identity.comparisons as c
    join identity.weights as w on w.pattern = c.pattern
    join identity.clusters as k on k.node = c.a
    join identity.clusters as l on l.node = c.b
    where w.weight > 0 and k.label <> l.label
)
select
    x.source as source_a, x.record_id as record_id_a, y.source as source_b, y.record_id as record_id_b,
    case when c.is_forbidden then 'contradiction' else 'the customers as wholes do not match' end as reason,
    c.weight / 1000 / ln(2) as weight, c.probability, c.fields
from apart as c
join identity.features as x on x.node = c.a
join identity.features as y on y.node = c.b
"""
    return (
        Stage("temp.joined", joined, (), "One row per accepted pair of records, by their numbers."),
        Stage("identity.links", links, (), "One row per accepted pair of records: the evidence."),
        Stage("identity.refused", refused, (), "One row per pair that looks like one person and was not joined: why."),
        Stage("identity.assignments", assigned, ("source", "record_id"), "One row per source record: its customer."),
    )


def identifiers() -> tuple[Stage, ...]:
    """Every value of every customer, from records and traces; then how many customers share each shared value."""
    listed = """
with
uses as (
    select c.customer_id, r.key, r.type, r.value, f.created_at as first_at, f.stated_at as last_at, 1 as records
    from identity.record_values as r
    join identity.owners as c using (node)
    join identity.features as f using (node)
    union all
    select a.customer_id, t.key, t.type, t.value, s.first_at, s.last_at, 1
    from identity.trace_values as t
    join identity.trace_assignments as a using (trace_id)
    join staging.traces as s using (trace_id)
    where a.customer_id is not null
)
select
    u.customer_id, u.type, u.value,
    min(coalesce(u.first_at, u.last_at)) as first_seen_at, max(coalesce(u.last_at, u.first_at)) as last_seen_at,
    sum(u.records)::bigint as records, coalesce(any_value(v.status), 'valid') as status
from uses as u
left join identity.value_status as v on v.key = u.key
group by u.customer_id, u.type, u.value
"""
    shared = """
select
    v.type, v.value, v.users as records, v.names, v.families, v.sources, count(distinct i.customer_id) as customers,
    'joins nobody' as action, v.rule
from identity.value_status as v
left join identity.identifiers as i on i.type = v.type and i.value = v.value
where v.status <> 'valid'
group by all
order by v.type, v.value
"""
    return (
        Stage("identity.identifiers", listed, ("customer_id", "type", "value"), "One row per customer and value."),
        Stage(
            "identity.shared_values",
            shared,
            ("type", "value"),
            "One row per value that is shared by many or means nothing.",
        ),
    )
