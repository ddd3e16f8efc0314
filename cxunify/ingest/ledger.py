"""raw.files, raw.rejects, staging.invalid: what was read, row by row accounted for, and what could not be used."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cxunify.ingest.find import Extract
from cxunify.schema import STAGING
from cxunify.warehouse import Warehouse, literal, quote

FILES = "raw.files"
REJECTS = "raw.rejects"
INVALID = "staging.invalid"
RESERVED = ("files", "rejects")
"""Names of tables in `raw` that are ours: no source can have them."""
LOADED, SUPERSEDED, KNOWN = "loaded", "superseded", "already ingested"

_TABLES = {
    FILES: (
        "One row per extract ever seen: records = loaded + rejected + skipped.",
        """
        file_id integer primary key, source varchar, path varchar, sha256 varchar, bytes bigint, modified_at timestamp,
        records bigint, loaded bigint, rejected bigint, skipped bigint, status varchar, encoding varchar, delimiter varchar,
        loaded_at timestamp, note varchar, reading varchar, run_id varchar""",
    ),
    REJECTS: (
        "One row per record of an extract that could not be used, with the reason and the text.",
        """
        source varchar, file_id integer, source_row bigint, line bigint, byte_offset bigint, stage varchar, reason varchar,
        text varchar""",
    ),
    INVALID: (
        "One row per cell that could not be read as what it should be; the cell is null in staging.",
        "source varchar, file_id integer, source_row bigint, field varchar, reason varchar",
    ),
}


@dataclass(frozen=True)
class Known:
    """A file that the ledger has as loaded."""

    file_id: int
    path: str
    sha256: str
    reading: str
    bytes: int


@dataclass(frozen=True)
class Entry:
    """What is to be noted of a file."""

    file_id: int
    extract: Extract
    sha256: str
    status: str
    encoding: str = ""
    delimiter: str = ""
    records: int = 0
    rejected: int = 0
    note: str = ""
    reading: str = ""


def prepare(warehouse: Warehouse) -> None:
    """Make the ledger and the staging tables where there are none."""
    for schema in ("raw", "staging"):
        warehouse.execute(f"create schema if not exists {schema}")
    for name, (meaning, columns) in _TABLES.items():
        warehouse.execute(f"create table if not exists {name} ({columns})")
        warehouse.execute(f"comment on table {name} is {literal(meaning)}")
    for table in STAGING:
        there = warehouse.columns(table.name)
        if there and there != {column.name: column.type for column in table.columns}:  # an older version made it
            warehouse.execute(f"drop table {table.name}")
        columns = ", ".join(f"{quote(column.name)} {column.type}" for column in table.columns)
        warehouse.execute(f"create table if not exists {table.name} ({columns})")
        warehouse.execute(f"comment on table {table.name} is {literal(table.meaning)}")


def known(warehouse: Warehouse, source: str) -> list[Known]:
    """The files whose rows are in the raw table of a source."""
    return [
        Known(*row)
        for row in warehouse.rows(
            f"select file_id, path, sha256, reading, bytes from {FILES}"
            " where source = $source and status = $status order by file_id",
            {"source": source, "status": LOADED},
        )
    ]


def next_id(warehouse: Warehouse) -> int:
    """An id that no file has had."""
    return int(warehouse.scalar(f"select coalesce(max(file_id), 0) + 1 from {FILES}"))


def note(warehouse: Warehouse, entry: Entry, run_id: str) -> None:
    """Write a file into the ledger; the same content under the same name is one entry per status."""
    values = {
        "file_id": entry.file_id, "source": entry.extract.source, "path": entry.extract.name, "sha256": entry.sha256,
        "bytes": entry.extract.bytes, "modified_at": entry.extract.modified_at, "records": entry.records,
        "loaded": entry.records - entry.rejected, "rejected": entry.rejected, "skipped": 0, "status": entry.status,
        "encoding": entry.encoding, "delimiter": entry.delimiter, "note": entry.note, "reading": entry.reading,
        "run_id": run_id,
    }  # fmt: skip
    if entry.status != LOADED:
        present = "select count(*) from raw.files where source = $source and path = $path and sha256 = $sha256"
        if warehouse.scalar(present, values):
            return
    warehouse.execute(
        f"insert into {FILES} by name select {', '.join(f'${key} as {key}' for key in values)},"
        " cast(now() as timestamp) as loaded_at",
        values,
    )


def settle(warehouse: Warehouse, source: str, skipped: dict[int, int]) -> None:
    """Bring the counts of a source's files up to date with their rejects and skipped rows."""
    cases = " ".join(f"when {file_id} then {count}" for file_id, count in skipped.items())
    warehouse.execute(
        f"update {FILES} set skipped = {f'case file_id {cases} else 0 end' if cases else 0},"
        f" rejected = (select count(*) from {REJECTS} as r where r.file_id = {FILES}.file_id)"
        " where source = $source and status = $status",
        {"source": source, "status": LOADED},
    )
    warehouse.execute(
        f"update {FILES} set loaded = records - rejected - skipped where source = $source and status = $status",
        {"source": source, "status": LOADED},
    )


def forget(warehouse: Warehouse, source: str, file_ids: list[int] | None = None) -> None:
    """Mark files (all of a source when None) as superseded and drop their rejects; their counts stay for the record."""
    which = f" and file_id in ({', '.join(map(str, file_ids))})" if file_ids is not None else ""
    if file_ids == []:
        return
    warehouse.execute(f"delete from {REJECTS} where source = $source{which}", {"source": source})
    warehouse.execute(
        f"update {FILES} set status = '{SUPERSEDED}' where source = $source and status = '{LOADED}'{which}",
        {"source": source},
    )


def digest(extract: Extract) -> str:
    """The SHA-256 of a file as it lies on disk."""
    with extract.path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
