"""A warehouse in memory with the tables that actions reads, made from their contracts, and rows that a test gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from cxunify.config import Config
from cxunify.schema import RAW, STAGING
from cxunify.schema.identity import IDENTITY
from cxunify.schema.profile import PROFILE
from cxunify.schema.quality import QUALITY
from cxunify.warehouse import Step, Warehouse
from tests import tables

TODAY = date(2026, 3, 1)
AS_OF = datetime(2026, 3, 1, 20)
CONFIG: dict[str, Any] = {
    "version": 1, "region": "US", "currency": "USD",
    "sources": {"a": {"channel": "email", "files": "a.csv", "interaction": {"at": "at", "kind": {"value": "contact_out"}}}},
}  # fmt: skip
PARAMS = {"as_of": AS_OF, "today": TODAY, "timezone": "UTC", "salt": "1", "margin": 1.0}


def config(**actions: Any) -> Config:
    """A configuration with these settings of its section `actions`."""
    return Config.model_validate({**CONFIG, "actions": actions})


def house(rows: Mapping[str, Iterable[Mapping[str, Any]]], *, ready: Iterable[str] = (), threads: int = 1) -> Warehouse:
    """The warehouse: table name -> its rows, of which a column that is not given is null; capabilities that are `ready`."""
    warehouse = Warehouse.open(threads=threads)
    tables.resolved(warehouse)
    tables.empty(warehouse, (*PROFILE, *QUALITY))
    known = {table.name: table for table in (*RAW, *STAGING, *IDENTITY, *PROFILE, *QUALITY)}
    judged = [
        {"category": "insight", "capability": name, "title": name, "requirement": "r", "text": "t", "unit": "share",
         "required": 0.9, "measured": 0.95, "status": "pass"}
        for name in ready
    ]  # fmt: skip
    for name, given in {**rows, "quality.readiness": judged}.items():
        frame = pl.DataFrame(list(given), infer_schema_length=None)
        if frame.height:
            columns = (
                {column: kind for column, kind in known[name].types.items() if column in frame.columns}
                if name in known
                else {}
            )
            warehouse.append(name, frame.select([pl.col(column) for column in columns] or pl.all()))
    return warehouse


def build(warehouse: Warehouse, steps: Iterable[Step], **params: Any) -> Warehouse:
    """The same with the tables of these steps."""
    warehouse.build(steps, {**PARAMS, **params})
    return warehouse
