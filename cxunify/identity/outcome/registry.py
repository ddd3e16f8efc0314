"""identity.clusters + the ledger -> identity.owners, identity.moves: ids that last as long as their records do.

Old customers and new clusters are matched one to one by the records they share, most first. Nearly all of them share all of
theirs with one another; only those in dispute pass through the loop. The ledger remembers records that are not there now, and
their ids are nobody else's.
"""

from __future__ import annotations

import polars as pl

from cxunify.schema import Table
from cxunify.schema.identity import MOVES
from cxunify.warehouse import Loop, Split, Stage, Step, statement


def minted(*columns: str) -> str:
    """SQL for a new customer's id: 64 bits of a digest of what first made it known, so that a rerun makes the same."""
    return f"'c' || left(md5(concat_ws(chr(31), {', '.join(columns)})), 16)"


# An id that was minted from a record may by now be another customer's, or wait for records that are away; the next one is free.
_NAMED = f"""
with
kept as (
    select cluster, old_id as customer_id from temp.matched where not is_disputed
    union all
    select cluster, customer_id from temp.disputed
),
fresh as (
    select
        c.cluster, {minted("f.source", "f.record_id")} as first_choice, {minted("f.source", "f.record_id", "'2'")} as second_choice,
        {minted("f.source", "f.record_id", "coalesce((select max(run_id) from ledger.runs), '')")} as last_choice
    from identity.clusters as c
    join identity.features as f on f.node = c.cluster
    anti join kept as k on k.cluster = c.cluster
    where c.node = c.cluster
),
taken as (
    select customer_id from kept
    union
    select customer_id from ledger.records anti join identity.features using (source, record_id)
)
select cluster, customer_id from kept
union all
select
    f.cluster,
    case when a.customer_id is null then f.first_choice when b.customer_id is null then f.second_choice else f.last_choice end
from fresh as f
left join taken as a on a.customer_id = f.first_choice
left join taken as b on b.customer_id = f.second_choice
"""


def steps() -> tuple[Step, ...]:
    """The steps, in order."""
    return (
        Stage(
            Table("temp.matched", "One row per customer of the ledger and cluster that share records."),
            statement("cxunify.identity", "outcome", "matched"),
        ),
        Loop(
            Table("temp.disputed", "One row per disputed cluster that keeps a customer's id.", ("cluster",)),
            settle,
            {"overlaps": "select old_id, cluster, records from temp.matched where is_disputed"},
            split=Split("select old_id as a, cast(cluster as string) as b from overlaps", {"overlaps": ("old_id",)}),
        ),
        Stage(Table("temp.customer_ids", "One row per cluster: its customer's id.", ("customer_id",)), _NAMED),
        Stage(
            Table("identity.owners", "One row per source record, by its number: its customer.", ("node",)),
            statement("cxunify.identity", "outcome", "owners"),
            by_content=True,
        ),
        Stage(MOVES, statement("cxunify.identity", "outcome", "moves"), by_content=True),
    )


def settle(overlaps: pl.DataFrame) -> pl.DataFrame:
    """One to one: each old id goes to the cluster that holds most of its records, unless another id has more of that one.

    Of equally many records, the id that sorts first goes first, and to the smaller cluster.
    """
    olds: set[str] = set()
    rows: dict[int, str] = {}
    ordered = overlaps.sort(["records", "old_id", "cluster"], descending=[True, False, False])
    for old_id, cluster in ordered.select("old_id", "cluster").iter_rows():
        if old_id not in olds and cluster not in rows:
            olds.add(old_id)
            rows[cluster] = old_id
    return pl.DataFrame(list(rows.items()), orient="row", schema={"cluster": pl.Int32, "customer_id": pl.String})
