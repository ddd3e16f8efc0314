"""files -> raw.files: what was read and what became of it, every record accounted for."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cxunify import ledger
from cxunify.ingest.find import Extract
from cxunify.schema import FILES, RAW, REJECTS, STAGING
from cxunify.warehouse import Warehouse, literal

RESERVED = tuple(table.name.removeprefix("raw.") for table in RAW)
"""Names of tables in `raw` that are ours: no source can have them."""
LOADED, READ, SUPERSEDED, KNOWN = "loaded", "read", "superseded", "already ingested"


@dataclass(frozen=True)
class Known:
    """A file whose rows are in."""

    file_id: int
    path: str
    sha256: str
    reading: str
    bytes: int
    forgotten: int
    """Rows that it has no longer, since they were of people who are forgotten."""
    refused: bool
    """A gate refused to publish what it says."""
    is_ended: bool | None
    """Its last line has its line feed."""


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
    is_ended: bool | None = None


def prepare(warehouse: Warehouse) -> None:
    """Make the tables that say what was read, and those of staging, where there are none."""
    for schema in ("raw", "staging"):
        warehouse.execute(f"create schema if not exists {schema}")
    for table in (*RAW, *STAGING):
        there = warehouse.columns(table.name)
        if table in STAGING and there and there != {column.name: column.type for column in table.columns}:
            warehouse.execute(f"drop table {table.name}")  # an older version made it; the digest makes it anew
        for column in table.columns if table in RAW and there else ():
            if column.name not in there:
                warehouse.execute(f"alter table {table.name} add column {column.name} {column.type}")
        warehouse.execute(f"create table if not exists {table.name} ({table.definition})")
        warehouse.execute(f"comment on table {table.name} is {literal(table.meaning)}")


def known(warehouse: Warehouse, source: str, status: str = LOADED) -> list[Known]:
    """The files whose rows are in the raw table of a source, or those that its SELECT has read."""
    # A file that an older version wrote, and that is only read, has not learnt of people who are forgotten.
    there = warehouse.columns(FILES.name)
    forgotten = "coalesce(forgotten, 0)" if "forgotten" in there else "0"
    refused = "coalesce(refused, false)" if "refused" in there else "false"
    is_ended = "is_ended" if "is_ended" in there else "null"
    return [
        Known(*row)
        for row in warehouse.rows(
            f"select file_id, path, sha256, reading, bytes, {forgotten}, {refused}, {is_ended} from {FILES.name}"
            " where source = $source and status = $status order by file_id",
            {"source": source, "status": status},
        )
    ]


def next_id(warehouse: Warehouse) -> int:
    """An id that no file has had."""
    return int(warehouse.scalar(f"select coalesce(max(file_id), 0) + 1 from {FILES.name}"))


def note(warehouse: Warehouse, entry: Entry, run_id: str) -> None:
    """Note a file; the same content under the same name is one entry per status."""
    values = {
        "file_id": entry.file_id, "source": entry.extract.source, "path": entry.extract.name, "sha256": entry.sha256,
        "bytes": entry.extract.bytes, "modified_at": entry.extract.modified_at, "records": entry.records,
        "loaded": entry.records - entry.rejected, "rejected": entry.rejected, "skipped": 0, "status": entry.status,
        "encoding": entry.encoding, "delimiter": entry.delimiter, "note": entry.note, "reading": entry.reading,
        "run_id": run_id, "is_ended": entry.is_ended,
    }  # fmt: skip
    if entry.status not in {LOADED, READ}:
        present = f"select count(*) from {FILES.name} where source = $source and path = $path and sha256 = $sha256"
        if warehouse.scalar(present, values):
            return
    warehouse.execute(
        f"insert into {FILES.name} by name select {', '.join(f'${key} as {key}' for key in values)},"
        " cast(now() as timestamp) as loaded_at",
        values,
    )


def settle(warehouse: Warehouse, source: str, skipped: dict[int, int], new: Collection[int] | None = None) -> None:
    """Bring the counts of a source's files, or of the `new` ones only, up to date with their rejects and skipped rows."""
    which = f" and file_id in ({', '.join(map(str, new))})" if new is not None else ""
    cases = " ".join(f"when {file_id} then {count}" for file_id, count in skipped.items())
    warehouse.execute(
        f"update {FILES.name} set skipped = {f'case file_id {cases} else 0 end' if cases else 0} + coalesce(forgotten, 0),"
        f" rejected = (select count(*) from {REJECTS.name} as r where r.file_id = {FILES.name}.file_id)"
        f" where source = $source and status = $status{which}",
        {"source": source, "status": LOADED},
    )
    warehouse.execute(
        f"update {FILES.name} set loaded = records - rejected - skipped where source = $source and status = $status{which}",
        {"source": source, "status": LOADED},
    )


def left_out(warehouse: Warehouse, counts: dict[int, int]) -> None:
    """Count rows of people who are forgotten, so many of each file, which are kept no longer: `settle` adds them up."""
    for file_id, count in counts.items():
        values = {"file_id": file_id, "count": count}
        warehouse.execute(
            f"update {FILES.name} set forgotten = coalesce(forgotten, 0) + $count where file_id = $file_id", values
        )


def refuse(warehouse: Warehouse, sources: Collection[str]) -> None:
    """Note that a gate refused what some sources have brought since a run was last published."""
    warehouse.execute(
        f"update {FILES.name} set refused = true where status = $status and list_contains($sources, source)"
        " and run_id > $published",
        {"status": LOADED, "sources": list(sources), "published": ledger.last_published(warehouse)},
    )


def accept(warehouse: Warehouse) -> None:
    """Note that all files that are loaded have been published."""
    warehouse.execute(f"update {FILES.name} set refused = null where refused")


def forget(warehouse: Warehouse, source: str, file_ids: list[int] | None = None) -> None:
    """Mark files (all of a source when None) as superseded and drop their rejects; their counts stay for the record."""
    which = f" and file_id in ({', '.join(map(str, file_ids))})" if file_ids is not None else ""
    if file_ids == []:
        return
    warehouse.execute(f"delete from {REJECTS.name} where source = $source{which}", {"source": source})
    warehouse.execute(
        f"update {FILES.name} set status = '{SUPERSEDED}'"
        f" where source = $source and status in ('{LOADED}', '{READ}'){which}",
        {"source": source},
    )


def digest(extract: Extract) -> str:
    """The SHA-256 of a file as it lies on disk."""
    with extract.path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digests(extracts: Iterable[Extract]) -> dict[Extract, str]:
    """The digest of each, several at a time: where nothing is new, it is most of what a run takes."""
    listed = [*extracts]
    with ThreadPoolExecutor() as pool:
        return dict(zip(listed, pool.map(digest, listed), strict=True))
