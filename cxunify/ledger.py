"""The memory that outlives every rebuild: record -> customer id, changes of ids, models, gaps of earlier runs.

It lies in a file of its own beside the warehouse. Rows are only added, each under the run that brought it (and taken out again
with a run that was never published), and a run brings them when it is published: it writes them down as proposed, `current` is
swapped, and they hold. A run that is refused writes none; one that is killed between the two steps is completed or undone when
the ledger is next opened, by what `current` shows. Nothing is ever taken out because an extract no longer has it: a record that
comes back finds its id.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cxunify.errors import StorageError
from cxunify.schema.ledger import (
    ALARMS,
    ASSIGNMENTS,
    CHANGES,
    CONSENTS,
    GAPS,
    LEDGER,
    LOADS,
    MODELS,
    ONCE_SHARED,
    OWNERS,
    RUNS,
    TOMBSTONES,
    TRACKS,
)
from cxunify.schema.raw import SNAPSHOTS
from cxunify.warehouse import Warehouse, literal, pattern
from cxunify.warehouse.stage import tables_of

VERSION = 7
_ARMS = """
create view if not exists ledger.arms as
select customer_id, experiment, arg_max(arm, run_id) as arm, arg_max(u, run_id) as u
from ledger.assignments group by customer_id, experiment"""
_WALKS = """
create view if not exists ledger.walks as
select customer_id, arg_max(track, run_id) as track from ledger.tracks group by customer_id"""
_REFUSALS = """
create view if not exists ledger.refusals as
select source, record_id, channel, arg_max(is_refused, run_id) as is_refused, arg_max(stated_at, run_id) as stated_at
from ledger.consents group by source, record_id, channel"""
MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: (f"create table {ASSIGNMENTS.name} ({ASSIGNMENTS.definition})", _ARMS),
    2: (f"create table {TRACKS.name} ({TRACKS.definition})", _WALKS),
    3: (f"create table {ALARMS.name} ({ALARMS.definition})",),
    4: (f"create table if not exists {TOMBSTONES.name} ({TOMBSTONES.definition})",),
    5: (f"create table if not exists {ONCE_SHARED.name} ({ONCE_SHARED.definition})",),
    6: (f"create table if not exists {CONSENTS.name} ({CONSENTS.definition})", _REFUSALS),
}
"""Of each version, the statements that make it the next one."""

_RECORDS = """
create view if not exists ledger.records as
select source, record_id, arg_max(customer_id, run_id) as customer_id from ledger.owners group by source, record_id"""

_PROPOSALS = {
    OWNERS.name: """
select $run_id, a.source, a.record_id, a.customer_id
from identity.assignments as a
left join ledger.records as r on r.source = a.source and r.record_id = a.record_id
where r.customer_id is distinct from a.customer_id""",
    CHANGES.name: "select $run_id, kind, old_id, new_id, cause from identity.moves",
    MODELS.name: """
select $run_id, model from identity.model
where model is distinct from (select arg_max(model, run_id) from ledger.models)""",
    LOADS.name: f"""
with
snapshots as ({SNAPSHOTS}
),
last as (select source, arg_max(sha256, run_id) as sha256 from ledger.loads group by source)
select $run_id, s.name, s.sha256, s.loaded
from snapshots as s
left join last as l on l.source = s.name
where l.sha256 is distinct from s.sha256""",
    ASSIGNMENTS.name: """
select $run_id, a.customer_id, a.experiment, a.arm, a.u, a.assigned_at
from actions.assignments as a
left join ledger.arms as l on l.customer_id = a.customer_id and l.experiment = a.experiment
where l.arm is distinct from a.arm""",
    # A run that looks back says where customers were then: it moves nobody.
    TRACKS.name: """
select $run_id, w.customer_id, w.track, w.previous_track, w.cause, w.changed_date, w.assigned_at, w.rules
from actions.walks as w
left join ledger.walks as l on l.customer_id = w.customer_id
where l.track is distinct from w.track and not exists (select 1 from quality.measured where looks_back)""",
    ALARMS.name: """
select $run_id, t.signal, t.direction, c.as_of
from actions.trigger_checks as t
cross join profile.clock as c
where t.verdict in ('ready', 'unchecked') and not exists (select 1 from quality.measured where looks_back)""",
    CONSENTS.name: """
with
said as (
    select source, record_id, updated_at, unnest(map_entries(consent)) as entry
    from staging.records where cardinality(consent) > 0
)
select $run_id, s.source, s.record_id, s.entry.key, not s.entry.value, coalesce(s.updated_at, c.as_of)
from said as s
cross join profile.clock as c
left join ledger.refusals as r on r.source = s.source and r.record_id = s.record_id and r.channel = s.entry.key
where (not s.entry.value) is distinct from coalesce(r.is_refused, false) and s.entry.value is not null
    and not exists (select 1 from quality.measured where looks_back)""",
    GAPS.name: "select $run_id, as_of, looks_back, gap_id, measured, rows, revenue from quality.measured",
}
"""What a run has to remember, by the table that keeps it."""


def prepare(warehouse: Warehouse) -> None:
    """Make the ledger where there is none, and bring one of an earlier version up to date. Raises StorageError for a later one."""
    if warehouse.columns("ledger.version"):
        found = int(warehouse.scalar("select version from ledger.version"))
        if found > VERSION:
            raise StorageError(
                f"the ledger is of version {found}, and this cxunify knows {VERSION}", "Use the newer cxunify again."
            )
        for version in range(found, VERSION):
            with warehouse.transaction():
                for statement in MIGRATIONS[version]:
                    warehouse.execute(statement)
                warehouse.execute(f"update ledger.version set version = {version + 1}")
        return
    with warehouse.transaction():
        for table in LEDGER:
            warehouse.execute(f"create table if not exists {table.name} ({table.definition})")
            warehouse.execute(f"comment on table {table.name} is {literal(table.meaning)}")
        warehouse.execute(_RECORDS)
        warehouse.execute(_ARMS)
        warehouse.execute(_WALKS)
        warehouse.execute(_REFUSALS)
        warehouse.execute("create table ledger.version (version integer)")
        warehouse.execute(f"insert into ledger.version values ({VERSION})")


def claim(warehouse: Warehouse, name: str, sources: Iterable[str]) -> None:
    """See to it that what is remembered belongs to the warehouse `name` with these `sources` of persons.

    Raises StorageError where it is another project's: customers would be given the ids of strangers.
    """
    known = [source for (source,) in warehouse.rows(f"select distinct source from {OWNERS.name} order by 1")]
    sources = list(sources)
    if known and sources and not set(known) & set(sources):
        raise StorageError(
            f"the ledger of {name} remembers the customers of other sources: {', '.join(known)}",
            "Give this project a warehouse of its own (`warehouse: NAME.duckdb`). If its sources were renamed, name them as before;"
            " to begin again, remove the ledger.",
        )


def recover(warehouse: Warehouse, current: Path, name: str) -> str:
    """Complete or undo what a killed run had proposed; where nothing is remembered, begin with what `current` publishes.

    What another warehouse than `name` published there is left alone; returns what is to be said of that, else nothing.
    """
    published = _published(current)
    for (run_id,) in warehouse.rows("select run_id from ledger.runs where state = 'proposed'"):
        if published.get("run_id") == run_id:
            confirm(warehouse, run_id)
        else:
            _undo(warehouse, run_id)
    if published.get("warehouse", name) != name:
        return (
            f"{current} shows what another warehouse, {published['warehouse']}, has published: nothing is taken over from it, and"
            " what is published now takes its place; give each project an `output` of its own"
        )
    known = "select count(*) from ledger.runs where run_id = $run_id"
    if published and not warehouse.scalar(known, {"run_id": published.get("run_id", "")}):
        _adopt(warehouse, current, published)
    return ""


def propose(warehouse: Warehouse, run_id: str, *, with_gaps: bool) -> None:
    """Write down what a run would have remembered, to hold from the moment that `current` shows it; `with_gaps`: it judged anew."""
    with warehouse.transaction():
        for table, select in _PROPOSALS.items():
            if (table != GAPS.name or with_gaps) and all(warehouse.exists(name) for name in tables_of(select)):
                warehouse.execute(f"insert into {table} {select}", {"run_id": run_id})
        warehouse.execute(f"insert into {RUNS.name} values ($run_id, 'proposed')", {"run_id": run_id})


def confirm(warehouse: Warehouse, run_id: str) -> None:
    """From now on a run's proposals hold: `current` shows it."""
    warehouse.execute("update ledger.runs set state = 'published' where run_id = $run_id", {"run_id": run_id})


def last_published(warehouse: Warehouse) -> str:
    """The last run that was published; empty where none was, or nothing is remembered."""
    if not warehouse.exists(RUNS.name):
        return ""
    return str(warehouse.scalar(f"select coalesce(max(run_id), '') from {RUNS.name} where state = 'published'"))


def last_run(warehouse: Warehouse) -> str:
    """The last run that is remembered; empty where none is."""
    return warehouse.scalar("select max(run_id) from ledger.runs") or ""


def runs(warehouse: Warehouse) -> frozenset[str]:
    """All runs that are remembered."""
    return frozenset(run_id for (run_id,) in warehouse.rows("select run_id from ledger.runs"))


def model(warehouse: Warehouse) -> str | None:
    """The model in force, as JSON; None where none was ever published."""
    text: str | None = warehouse.scalar("select arg_max(model, run_id) from ledger.models")
    return text


def key_marks(warehouse: Warehouse) -> set[str]:
    """What tells the keys by which people who are forgotten are known again; none where nobody is."""
    return {mark for (mark,) in warehouse.rows(f"select distinct key_mark from {TOMBSTONES.name}")}


def _undo(warehouse: Warehouse, run_id: str) -> None:
    with warehouse.transaction():
        for table in LEDGER:
            warehouse.execute(f"delete from {table.name} where run_id = $run_id", {"run_id": run_id})


def _published(current: Path) -> dict[str, Any]:
    try:
        found: Any = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _adopt(warehouse: Warehouse, current: Path, manifest: dict[str, Any]) -> None:
    """Remember what is published: by a version that kept no ledger, or by one whose ledger is lost or older than that."""
    folder, run_id = current.resolve(), manifest["run_id"]
    files = {"identity_map.parquet": _OWNED, "identity_changes.parquet": _CHANGED, "assignments.parquet": _DRAWN}
    with warehouse.transaction():
        for name, sql in files.items():
            if (folder / name).exists():
                warehouse.execute(sql, {"path": pattern(folder / name), "run_id": run_id})
        for source, sha256, loaded in _snapshots(manifest.get("inputs", ())):
            values = {"run_id": run_id, "source": source, "sha256": sha256, "loaded": loaded}
            warehouse.execute(f"insert into {LOADS.name} values ($run_id, $source, $sha256, $loaded)", values)
        warehouse.execute(f"insert into {RUNS.name} values ($run_id, 'published')", {"run_id": run_id})


_OWNED = f"""
insert into {OWNERS.name}
select $run_id, p.source, p.record_id, p.customer_id from read_parquet($path) as p
left join ledger.records as r on r.source = p.source and r.record_id = p.record_id
where r.customer_id is distinct from p.customer_id"""
_CHANGED = f"""
insert into {CHANGES.name}
select run_id, kind, old_id, new_id, cause from read_parquet($path)
except select run_id, kind, old_id, new_id, cause from {CHANGES.name}"""
_DRAWN = f"""
insert into {ASSIGNMENTS.name}
select run_id, customer_id, experiment, arm, u, assigned_at from read_parquet($path)
except select run_id, customer_id, experiment, arm, u, assigned_at from {ASSIGNMENTS.name}"""


def _snapshots(inputs: Iterable[dict[str, Any]]) -> Iterable[tuple[str, str, int]]:
    """The sources that one file alone stands for."""
    loaded = [entry for entry in inputs if entry.get("status") == "loaded"]
    for entry in loaded:
        if sum(other["source"] == entry["source"] for other in loaded) == 1:
            yield entry["source"], entry["sha256"], entry["loaded"]
