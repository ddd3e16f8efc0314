"""The sample project, resolved: what tests of identity look at. `resolved` makes it once, `copied` gives a copy to change."""

from __future__ import annotations

import shutil
from pathlib import Path

from cxunify import pipeline
from cxunify.cli.demonstration import unpack
from cxunify.cli.session import new_run_id, open_warehouse
from cxunify.config import Config, load
from cxunify.warehouse import Warehouse


def resolved(folder: Path) -> Config:
    """The bundled sample in `folder`, resolved."""
    config = load(unpack(folder))
    resolve(config)
    return config


def resolve(config: Config, *, force: bool = False) -> pipeline.Outcome:
    """Bring a project's customers up to date."""
    with open_warehouse(config) as warehouse:
        request = pipeline.Request(new_run_id(), until="resolve", force=force)
        return pipeline.run(warehouse, config, request, lambda _: None)


def copied(config: Config, folder: Path) -> Config:
    """A copy of a project, to be changed."""
    shutil.copytree(config.root, folder, dirs_exist_ok=True)
    return load(folder / "cxunify.yaml")


def customers(config: Config) -> dict[str, str]:
    """The customer of each record, by its key."""
    with Warehouse.open(config.warehouse_path, read_only=True) as warehouse:
        return customers_of(warehouse)


def customers_of(warehouse: Warehouse) -> dict[str, str]:
    """Likewise, of a warehouse that is open: a process opens a file once."""
    return dict(warehouse.rows("select source || ':' || record_id, customer_id from identity.assignments"))
