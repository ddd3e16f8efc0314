"""Tables of a warehouse in memory, made from their contracts; and a ledger that is given what a run would have remembered."""

from __future__ import annotations

from collections.abc import Iterable

from cxunify import ledger
from cxunify.schema import RAW, STAGING, Table
from cxunify.schema.identity import IDENTITY
from cxunify.warehouse import Warehouse


def empty(warehouse: Warehouse, tables: Iterable[Table]) -> None:
    """Make tables without rows, with the columns of their contracts."""
    for table in tables:
        warehouse.execute(f"create schema if not exists {table.name.split('.')[0]}")
        warehouse.execute(f"create table {table.name} ({table.definition})")


def resolved(warehouse: Warehouse) -> None:
    """Make what profile and quality find when ingest and identity have done their work on nothing."""
    empty(warehouse, (*RAW, *STAGING, *IDENTITY))
    ledger.prepare(warehouse)


def note(warehouse: Warehouse, content: str, *names: str) -> None:
    """Note what tables hold that no step has made, as ingest and identity would (all of theirs): `content` stands for it."""
    for name in names or (table.name for table in (*RAW, *STAGING, *IDENTITY)):
        warehouse.note(name, content)


def remember(warehouse: Warehouse, run_id: str) -> None:
    """Give the ledger what it is given when a run is published."""
    ledger.prepare(warehouse)
    ledger.propose(warehouse, run_id, with_gaps=True)
    ledger.confirm(warehouse, run_id)
