"""People as a test writes them -> a warehouse with staging tables, ready to be resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cxunify.config import Config
from cxunify.schema import INTERACTIONS, RECORDS, TRACES
from cxunify.warehouse import Stage, Warehouse, literal

Row = Mapping[str, Any]


def config(root: Path, *sources: str, free: tuple[str, ...] = (), **identity: Any) -> Config:
    """A project in `root` with person sources of these names; `free` ones hold nobody twice."""
    declared = {
        name: {"channel": "crm", "files": f"{name}.csv", "person": {}, "duplicate_free": name in free}
        for name in (*sources, *free, "crm")
    }
    made = Config.model_validate(
        {"version": 1, "region": "US", "currency": "USD", "sources": declared, "identity": identity}
    )
    made._root = root
    return made


def warehouse(records: Iterable[Row], traces: Iterable[Row] = (), threads: int = 2) -> Warehouse:
    """A warehouse in memory with these records and traces, in this order."""
    opened = Warehouse.open(threads=threads)
    stage(opened, records, traces)
    return opened


def stage(opened: Warehouse, records: Iterable[Row], traces: Iterable[Row] = ()) -> None:
    """Put these records and traces into the staging tables, in this order, in place of those that are there."""
    for table, rows in ((RECORDS, records), (TRACES, traces), (INTERACTIONS, ())):
        columns = {column.name: column.type for column in table.columns}
        written = [
            "select " + ", ".join(f"{_value(row.get(name))} as {name}" for name in columns) for row in _numbered(rows)
        ]
        empty = "select " + ", ".join(f"null as {name}" for name in columns) + " where false"
        source = " union all ".join([f"({empty})", *(f"({line})" for line in written)])
        opened.build((Stage(table, table.select(f"({source})")),))


def _numbered(rows: Iterable[Row]) -> Iterable[Row]:
    for number, row in enumerate(rows, 1):
        yield {
            "source": "crm",
            "record_id": str(number),
            "row_no": number,
            "trace_id": number,
            "interactions": 1,
            **row,
        }


def _value(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return f"map {{{', '.join(f'{literal(k)}: {literal(v)}' for k, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(literal(item) for item in value)}]"
    if isinstance(value, int):
        return str(value)
    return literal(str(value))


def customers(opened: Warehouse) -> set[frozenset[str]]:
    """The customers, each as the set of its records, `source:record_id`."""
    groups: dict[str, set[str]] = {}
    for source, record_id, customer_id in opened.rows(
        "select source, record_id, customer_id from identity.assignments"
    ):
        groups.setdefault(customer_id, set()).add(f"{source}:{record_id}")
    return {frozenset(group) for group in groups.values()}
