"""A person -> nothing, wherever the tool writes: warehouse, ledger, every kept run, decisions; and tombstones against their return.

What is to be erased is written down first (0600, beside the warehouse) and removed last: whatever stops the machine in between,
the next command that writes completes it. Each step may be taken twice.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxunify import ledger, memory, private
from cxunify.config import Config
from cxunify.ingest import erase as loaded
from cxunify.ingest.forgotten import TO_COMPACT, of
from cxunify.publish import shown_in
from cxunify.schema import ledger as tables
from cxunify.secret import Secret
from cxunify.subject import published
from cxunify.subject.person import EVENTS, IDS, RECORDS, Person, note
from cxunify.subject.texts import without_rows
from cxunify.warehouse import Warehouse
from cxunify.warehouse.copies import copy

EXPORTS = "exports"
"""Where `export` writes, beside the configuration, unless it is told otherwise."""
ASIDE = ".damaged-"
"""In the names of damaged files that were moved aside."""
_DERIVED = ("identity", "profile", "quality", "actions")

REMEMBERED = {
    tables.OWNERS.name: f"customer_id in (select id from {IDS}) or (source, record_id) in (select (source, id) from {RECORDS})",
    tables.CHANGES.name: f"coalesce(old_id in (select id from {IDS}), false) or coalesce(new_id in (select id from {IDS}), false)",
    tables.ASSIGNMENTS.name: f"customer_id in (select id from {IDS})",
    tables.CONSENTS.name: f"(source, record_id) in (select (source, id) from {RECORDS})",
    tables.TRACKS.name: f"customer_id in (select id from {IDS})",
}
"""Tables of the ledger, and which of their rows are the person's, whose ids and records have been noted."""


@dataclass
class Receipt:
    """What an erasure reached, in rows and files, and what it cannot reach. It names nobody."""

    run_id: str
    dry_run: bool
    tombstones: int = 0
    records: int = 0
    interactions: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    """Rows as extracts delivered them, by source."""
    ledger: dict[str, int] = field(default_factory=dict)
    """Rows of what is remembered, by table."""
    runs: dict[str, dict[str, int]] = field(default_factory=dict)
    """Rows of published tables, and places in documents, by run."""
    decisions: int = 0
    removed: tuple[str, ...] = ()
    """Files that were removed whole: remains of runs that died, spilled rows, quarantined warehouses."""
    extracts: tuple[str, ...] = ()
    """Out of reach: the extracts that the warehouse was filled from and that are still there."""
    catalog: str = ""
    """Out of reach until the next run: the catalog whose tables hold what was published."""


def journal(config: Config) -> Path:
    """Where it is written down whom an erasure under way is about."""
    return config.warehouse_path.with_name(f"{config.warehouse_path.name}.forgetting")


def erase(
    config: Config, person: Person, run_id: str, *, dry: bool = False, begin: Callable[[str], None] = lambda _: None
) -> Receipt:
    """Erase a person; whoever calls holds the lock of the warehouse. `dry`: only count what would go."""
    receipt = Receipt(run_id, dry, len(person.marks), len(person.records), len(person.interactions))
    if not dry:
        _write(journal(config), {"run_id": run_id, **person.document()})
    begin("warehouse")
    with open_for(config, dry=dry) as warehouse:
        receipt.extracts = _extracts(warehouse, config)
        receipt.catalog = shown_in(warehouse)
        noted_ids(warehouse, person)
        receipt.ledger = _remembered(warehouse, config, person, run_id, dry=dry)
        receipt.rows = _loaded(warehouse, config, person, dry=dry)
        begin("published runs")
        for folder in published.runs(config):
            if gone := published.without(warehouse, folder, person, dry=dry):
                receipt.runs[folder.name] = gone
    receipt.decisions = _decided(config, person, dry=dry)
    paths = [*leftovers(config), *quarantined(config), *exports(config, person)]
    receipt.removed = tuple(_remove(path, config, dry=dry) for path in paths)
    if not dry:
        begin("compact")
        compact_warehouse(config)
        _anew(config.ledger_path, config)
        memory.keep(config)
        journal(config).unlink()
    return receipt


def resume(config: Config) -> bool:
    """Complete an erasure that was stopped; whether there was one. Whoever calls holds the lock of the warehouse."""
    try:
        document = json.loads(journal(config).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    except ValueError:  # it was being written: nothing was erased yet
        journal(config).unlink()
        return False
    erase(config, Person.read(document), document["run_id"])
    return True


def is_to_compact(warehouse: Warehouse) -> bool:
    """Whether rows were taken out that the file still holds as bytes."""
    return bool(warehouse.noted(TO_COMPACT)[0])


def compact_warehouse(config: Config) -> None:
    """Leave no byte of deleted rows in the warehouse; nobody may have it open."""
    if config.warehouse_path.exists():
        _anew(config.warehouse_path, config)
        with Warehouse.open(config.warehouse_path) as warehouse:
            warehouse.note(TO_COMPACT, "")


def _anew(path: Path, config: Config) -> None:
    copy(path, path, memory=config.limits.memory, threads=config.limits.threads, disk=config.limits.disk)


def open_for(config: Config, *, dry: bool) -> Warehouse:
    """The warehouse and the ledger to look at a person in, or to take one out of."""
    there = config.warehouse_path.exists()
    warehouse = Warehouse.open(
        config.warehouse_path if there else None,
        ledger=config.ledger_path,
        memory=config.limits.memory,
        threads=config.limits.threads,
        disk=config.limits.disk,
        directories=[config.output_path],
        read_only=dry,
    )
    if not (dry and config.ledger_path.exists()):
        ledger.prepare(warehouse)
    return warehouse


def noted_ids(warehouse: Warehouse, person: Person) -> None:
    """Put what a person is called into tables of the moment, to be joined."""
    note(warehouse, IDS, (("", customer_id) for customer_id in person.customer_ids))
    note(warehouse, RECORDS, person.records)
    note(warehouse, EVENTS, person.interactions)


def _remembered(warehouse: Warehouse, config: Config, person: Person, run_id: str, *, dry: bool) -> dict[str, int]:
    """Take a person out of the ledger, and put tombstones there."""
    counts = {
        name: warehouse.scalar(f"select count(*) from {name} where {where}") for name, where in REMEMBERED.items()
    }
    if not dry:
        secret = Secret.of(config.key_path)
        marks = {"marks": [secret.digest(mark) for mark in person.marks], "run_id": run_id, "key": secret.mark}
        with warehouse.transaction():
            for name, where in REMEMBERED.items():
                warehouse.execute(f"delete from {name} where {where}")
            warehouse.execute(
                f"insert into {tables.TOMBSTONES.name} select $run_id, mark, $key from (select unnest($marks) as mark)"
                f" anti join {tables.TOMBSTONES.name} using (mark)",
                marks,
            )
            _keep_shared(warehouse, person, run_id, secret)
    return {name.partition(".")[2]: count for name, count in counts.items() if count}


def _keep_shared(warehouse: Warehouse, person: Person, run_id: str, secret: Secret) -> None:
    """Keep what a value was worth that others share: it does not become one's own because somebody else is forgotten."""
    rows = [(secret.digest(of(kind, value)), *worth) for kind, value, *worth in person.shared]
    names = ("marks", "statuses", "rules", "people")
    bound: dict[str, Any] = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    warehouse.execute(f"delete from {tables.ONCE_SHARED.name} where run_id = $run_id", {"run_id": run_id})
    warehouse.execute(
        f"insert into {tables.ONCE_SHARED.name} select $run_id, unnest($marks), $key, unnest($statuses), unnest($rules),"
        " unnest($people)",
        {"run_id": run_id, "key": secret.mark, **bound},
    )


def _loaded(warehouse: Warehouse, config: Config, person: Person, *, dry: bool) -> dict[str, int]:
    """Take a person out of what was loaded; what was made of it is made anew by the next run."""
    rows: dict[str, list[tuple[int, int]]] = {}
    for source, file_id, row in person.rows:
        rows.setdefault(source, []).append((file_id, row))
    if dry:
        return {source: len(places) for source, places in sorted(rows.items())}
    gone = loaded.erase(warehouse, config, rows)
    for schema in _DERIVED:
        warehouse.sweep(schema, ())
    return gone


def _decided(config: Config, person: Person, *, dry: bool) -> int:
    """Take a person out of the file of decisions."""
    path, records = config.root / config.identity.decisions, set(person.records)
    if not path.exists():
        return 0
    text, count = without_rows(
        path.read_text(encoding="utf-8"),
        lambda row: any((row.get(f"source_{side}"), row.get(f"record_id_{side}")) in records for side in "ab"),
    )
    if count and not dry:
        private.write(path, text)
    return count


def exports(config: Config, person: Person) -> list[Path]:
    """What `export` has written of a person where it writes by itself."""
    folder = config.root / EXPORTS
    found = (folder / f"{customer_id}.{ending}" for customer_id in person.customer_ids for ending in ("html", "json"))
    return [path for path in found if path.exists()]


def quarantined(config: Config) -> list[Path]:
    """Damaged files that `doctor` has moved aside."""
    folders = dict.fromkeys([config.root, config.warehouse_path.parent])
    return [path for folder in folders for path in sorted(folder.glob(f"*{ASIDE}*")) if path.is_file()]


def leftovers(config: Config) -> list[Path]:
    """What may hold rows of anybody and is of no use any more."""
    path = config.warehouse_path
    names = (
        f"{path.name}.tmp",
        f"{path.name}.scratch",
        f"{path.name}.new",
        f"{path.name}.new.wal",
        f"{path.name}.new.tmp",
    )
    return [*(path.with_name(name) for name in names if path.with_name(name).exists()), *published.remains(config)]


def _remove(path: Path, config: Config, *, dry: bool) -> str:
    if not dry:
        published.remove(path)
    return os.path.relpath(path, config.root)


def _extracts(warehouse: Warehouse, config: Config) -> tuple[str, ...]:
    """The files that the warehouse was filled from and that are still where they were."""
    if not warehouse.exists("raw.files"):
        return ()
    paths = [path for (path,) in warehouse.rows("select distinct path from raw.files order by path")]
    return tuple(path for path in paths if (config.root / path).exists())


def _write(path: Path, document: dict[str, Any]) -> None:
    private.write(path, json.dumps(document))
