"""out/runs/* -> views of a catalog, where the configuration names one: each content is written there once, then pointed to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cxunify import ledger
from cxunify.config import Config
from cxunify.publish import versions
from cxunify.publish.outputs import OUTPUTS, Output
from cxunify.warehouse import View, Warehouse
from cxunify.warehouse.fingerprint import fingerprint

NOTE = "publish in a catalog"
"""Under which it is noted what a catalog shows, and which catalog that is."""


def show(warehouse: Warehouse, config: Config, *, afresh: bool = False) -> None:
    """Bring the views of the catalog to what `current` shows; nobody is asked where they are there. `afresh`: ask in any case.

    Raises StorageError where the catalog does not take it: its views then show what they showed, and the next run completes it;
    ConfigError where it is another project's.
    """
    last = versions.own(config)
    if config.spark.catalog is None or last is None:
        return
    contents = {_content(entry) for _, described in versions.kept(config) for entry in described["tables"]}
    wanted = fingerprint(config.spark.catalog, last[1]["run_id"], sorted(contents))
    if afresh or warehouse.noted(NOTE)[0] != wanted:
        warehouse.show(last[1]["run_id"], _views(*last), contents, ledger.runs(warehouse))
        warehouse.note(NOTE, wanted, config.spark.catalog)


def shown_in(warehouse: Warehouse) -> str:
    """The catalog that shows what was published; empty where none does."""
    return warehouse.noted(NOTE)[1]


def _views(folder: Path, described: Mapping[str, Any]) -> list[View]:
    outputs = {output.table.name: output for output in OUTPUTS}
    return [_view(folder, entry, outputs[entry["table"]]) for entry in described["tables"]]


def _view(folder: Path, entry: Mapping[str, Any], output: Output) -> View:
    columns = {column.name: column.meaning for column in output.table.columns}
    if output.partition:
        columns[output.partition] = f"Its files are dealt out by {output.partition}."
    name, path = entry["table"], folder / entry["path"]
    return View(name, _content(entry), path, columns, output.table.meaning, output.partition, entry["rows"])


def _content(entry: Mapping[str, Any]) -> str:
    """How the table is called that holds the rows of a published table, but for its end: by the bytes of its files."""
    files = [(file["path"], file["sha256"]) for file in entry["files"]]
    return f"{entry['table']}__{hashlib.sha256(json.dumps(files).encode()).hexdigest()[:12]}"
