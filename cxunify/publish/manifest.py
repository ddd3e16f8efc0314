"""What a run published, from what, by which versions: manifest.json, the last file of a run's folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cxunify import __version__
from cxunify.config import Config
from cxunify.publish.versions import MANIFEST, sync
from cxunify.schema import SCHEMA_VERSION
from cxunify.warehouse import Warehouse


def inputs(warehouse: Warehouse) -> list[dict[str, Any]]:
    """The extracts that the warehouse was filled from, with what their ledger says of them."""
    present = warehouse.columns("raw.files")
    if not present:
        return []
    columns = [
        name
        for name in ("source", "path", "sha256", "bytes", "status", "records", "loaded", "rejected", "skipped")
        if name in present
    ]
    rows = warehouse.rows(f"select {', '.join(columns)} from raw.files order by source, path, file_id")
    return [dict(zip(columns, row, strict=True)) for row in rows]


def accounts(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Per source: rows loaded, and those of them that gave way, by what they would have been and the reason; the others stand."""
    if not warehouse.columns("staging.gave_way"):
        return []
    loaded = "select source, sum(loaded)::bigint from raw.files where status = 'loaded' group by source order by source"
    gone = "select subject, reason, count(*) from staging.gave_way where source = $source group by all order by all"
    return [
        {
            "source": source,
            "loaded": rows,
            "gave_way": [
                dict(zip(("subject", "reason", "rows"), row, strict=True))
                for row in warehouse.rows(gone, {"source": source})
            ],
        }
        for source, rows in warehouse.rows(loaded)
    ]


def config_hash(config: Config) -> str:
    """SHA-256 of the whole configuration, whatever its comments and layout."""
    text = json.dumps(config.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def describe(folder: Path, path: Path, rows: int | None) -> dict[str, Any]:
    """A file's entry."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    entry = {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": digest}
    return entry if rows is None else {**entry, "rows": rows}


def write(
    folder: Path,
    *,
    run_id: str,
    warehouse: Warehouse,
    config: Config,
    tables: Iterable[Mapping[str, Any]],
    documents: Iterable[Mapping[str, Any]],
    gates: Iterable[Any],
    key_mark: str,
) -> dict[str, Any]:
    """Write the manifest and see it onto the disk; return it."""
    manifest = {
        "run_id": run_id,
        "schema_version": SCHEMA_VERSION,
        "versions": {"cxunify": __version__, "duckdb": warehouse.scalar("select version()")},
        "as_of": warehouse.scalar("select as_of from profile.clock") if warehouse.exists("profile.clock") else None,
        "config_sha256": config_hash(config),
        "warehouse": config.warehouse_path.name,
        "region": config.region,
        "timezone": config.timezone,
        "currency": config.currency,
        "personal_data": config.publish.personal_data,
        "key_mark": key_mark,
        "inputs": inputs(warehouse),
        "accounts": accounts(warehouse),
        "tables": list(tables),
        "documents": list(documents),
        "gates": list(gates),
    }
    put(folder, manifest)
    return manifest


def put(folder: Path, manifest: dict[str, Any]) -> None:
    """Write a manifest into a run's folder in one step and see it onto the disk."""
    text = json.dumps(manifest, indent=1, ensure_ascii=False, default=str) + "\n"
    draft = folder / f".{MANIFEST}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.chmod(0o600)
    sync(draft)
    draft.replace(folder / MANIFEST)
    sync(folder)
