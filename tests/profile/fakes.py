"""A resolved warehouse in memory from a few rows: what profile and publish find when ingest and identity have done their work."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from cxunify.config import Config
from cxunify.schema import INTERACTIONS, RECORDS, TRACES, Table
from cxunify.warehouse import Warehouse
from tests import contacts
from tests.tables import resolved

PERSON = dict.fromkeys(
    (
        "id", "given_name", "middle_name", "family_name", "full_name", "name_suffix", "gender", "company", "email", "phone",
        "street", "unit", "city", "region", "postal_code", "country", "birth_date",
    ),
    "x",
)  # fmt: skip
EVENT = {"id": "x", "at": "x", "kind": {"column": "x"}, "properties": {"user_agent": "x"}}


def config(**settings: Any) -> Config:
    """A project of a CRM, tills and a web shop; `settings` are merged over it."""
    person = {"person": PERSON}
    event = {"interaction": EVENT}
    plain: dict[str, Any] = {
        "version": 1, "region": "US", "currency": "USD", "timezone": "UTC",
        "sources": {
            "contacts": {"channel": "crm", "files": "contacts.csv", **person},
            "tills": {"channel": "pos", "files": "tills.csv", **person},
            "accounts": {"channel": "web", "files": "accounts.csv", **person},
            "receipts": {"channel": "pos", "files": "receipts.csv", **event},
            "clicks": {"channel": "web", "files": "clicks.csv", **event},
            "orders": {"channel": "web", "files": "orders.csv", **event},
            "cases": {"channel": "crm", "files": "cases.csv", **event},
            "mails": {"channel": "email", "files": "mails.csv", **event},
            "surveys": {"channel": "survey", "files": "surveys.csv", **event},
        },
    }  # fmt: skip
    return Config.model_validate({**plain, **settings})


def warehouse(
    records: Iterable[Mapping[str, Any]] = (),
    interactions: Iterable[Mapping[str, Any]] = (),
    identifiers: Iterable[Mapping[str, Any]] = (),
    *,
    threads: int = 1,
    directories: Iterable[Path] = (),
    tables: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
) -> Warehouse:
    """The warehouse. A record's or interaction's `customer` is whose it is; an interaction's `by` says how that is known.

    `tables` adds rows to tables of identity by name. Numbers (file, row, ids) are made where a row has none.
    """
    house = Warehouse.open(threads=threads, directories=directories)
    resolved(house)
    files: dict[str, int] = {}
    people = [_numbered(row, place, files, "record_id") for place, row in enumerate(records, 1)]
    events = [_numbered(row, place, files, "interaction_id") for place, row in enumerate(interactions, 1)]
    traces = _traces(events)
    fill(house, RECORDS, people)
    fill(house, INTERACTIONS, [{"kind": "page_view", "lines": 1, **event} for event in events])
    fill(house, TRACES, traces)
    insert(house, "identity.assignments", [
        {"confidence": 1.0, "joined_by": "loyalty_id", "customer_id": row["customer"], **row} for row in people
    ])  # fmt: skip
    insert(house, "identity.trace_assignments", [
        {"trace_id": row["trace_id"], "customer_id": row["customer"], "identified_by": row["by"], "confidence": 0.9}
        for row in traces
    ])  # fmt: skip
    insert(house, "identity.identifiers", [{"status": "valid", "records": 1, **row} for row in identifiers])
    insert(house, "raw.files", [
        {"file_id": number, "source": source, "path": f"{source}.csv"} for source, number in files.items()
    ])  # fmt: skip
    for name, rows in (tables or {}).items():
        insert(house, name, list(rows))
    contacts.read(house, config())
    return house


def _numbered(row: Mapping[str, Any], place: int, files: dict[str, int], key: str) -> dict[str, Any]:
    number = files.setdefault(row["source"], len(files) + 1)
    return {
        "file_id": number,
        "source_row": place,
        "row_no": number * 2**40 + place,
        key: str(place),
        "customer": None,
        **row,
    }


def _traces(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One trace per distinct set of identifying values; sets each event's `trace_id`."""
    traces: dict[str, dict[str, Any]] = {}
    for event in events:
        if not event.get("identifiers") and not event["customer"]:
            continue
        known = {name: event.get(name) for name in ("source", "identifiers", "customer")}
        trace = traces.setdefault(json.dumps(known, sort_keys=True), {**known, "trace_id": len(traces) + 1})
        trace["by"] = event.get("by", "record") if event["customer"] else None
        trace["last_at"] = max(str(trace.get("last_at", "")), str(event.get("occurred_at", "")))
        event["trace_id"] = trace["trace_id"]
    return list(traces.values())


def fill(house: Warehouse, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows into a canonical table; what they leave out is null."""
    _insert(house, table.name, {column.name: column.type for column in table.columns}, rows)


def insert(house: Warehouse, table: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows into any table; what they leave out is null."""
    _insert(house, table, house.columns(table), rows)


def _insert(house: Warehouse, table: str, types: Mapping[str, str], rows: list[dict[str, Any]]) -> None:
    shape = json.dumps([{name: _json_type(kind) for name, kind in types.items()}])
    text = json.dumps([{name: row.get(name) for name in types} for row in rows], default=_plain)
    house.execute(
        f"insert into {table} by name select unnest(row) from (select unnest(from_json($text, $shape)) as row)",
        {"text": text, "shape": shape},
    )


def _json_type(kind: str) -> Any:
    return [kind.removesuffix("[]")] if kind.endswith("[]") else kind


def _plain(value: object) -> str:
    if isinstance(value, date | datetime | Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
