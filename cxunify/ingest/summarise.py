"""raw.*, staging.* -> Summary: how each source stands after an ingest, every row accounted for."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.errors import Problem
from cxunify.ingest import files
from cxunify.ingest.account import Gone, gone
from cxunify.ingest.agree import LEFT_OUT
from cxunify.ingest.planned import Plan
from cxunify.schema import FILES, INTERACTIONS, INVALID, RECORDS, REJECTS
from cxunify.warehouse import Warehouse, literal

_UNREAD = """
select f.path, f.sha256, u.field, u.unreadable, u.filled
from staging.unread as u join raw.files as f using (file_id) where u.source = $source and f.status = 'loaded'
union all
select path, sha256, 'rows', rejected, records
from raw.files where source = $source and status = 'loaded' and rejected > 0
order by all
"""


@dataclass(frozen=True)
class Unread:
    """How much of a field cannot be read in a new file; of the field `rows`, how many of them were rejected."""

    path: str
    sha256: str
    field: str
    unreadable: int
    filled: int


@dataclass(frozen=True)
class Rejection:
    """Why rows of a file were rejected; the rows themselves are in raw.rejects."""

    file: str
    reason: str
    rows: int
    first_row: int | None
    """The first of them, 1 for the first record after the header."""


@dataclass(frozen=True)
class SourceSummary:
    """How a source stands after a run; `records` = `loaded` + `rejected` + `skipped`."""

    source: str
    found: int
    """Files that match now."""
    new: int
    """Files read in this run."""
    known: int
    """Files that were in already, under whatever name."""
    superseded: int
    """Files of a snapshot that are older than the one that counts."""
    records: int
    loaded: int
    rejected: int
    skipped: int
    persons: int
    """Rows in staging.records."""
    interactions: int
    """Rows in staging.interactions."""
    unreadable: int
    """Cells that could not be read as what they should be."""
    gave_way: int
    """Loaded rows that are neither a record nor a line of an interaction: `loaded` are these and those that stand."""
    changed: bool
    """Whether staging was made anew."""
    seconds: float
    rejections: tuple[Rejection, ...] = ()
    read: tuple[tuple[str, int, int], ...] = ()
    """The files that its SELECT was made over, each with its rows and those of them that were rejected."""
    gone: tuple[Gone, ...] = ()
    """The rows that gave way, by file and reason."""
    notes: tuple[str, ...] = ()
    refused: tuple[Problem, ...] = ()
    """Why its newest files were refused; what was loaded before stands."""
    unread: tuple[Unread, ...] = ()
    """What cannot be read in the files of this run."""
    digests: tuple[str, ...] = ()
    """Of the files of this run, SHA-256."""
    left_out: tuple[str, ...] = ()
    """Columns that its extracts have and that were not taken in."""


@dataclass(frozen=True)
class Summary:
    """What an ingest did."""

    sources: tuple[SourceSummary, ...]
    fingerprint: str

    @property
    def changed(self) -> bool:
        """Whether anything in staging is new."""
        return any(source.changed for source in self.sources)

    @property
    def refused(self) -> tuple[Problem, ...]:
        """Why the newest files of some sources were refused."""
        return tuple(problem for source in self.sources for problem in source.refused)


def summarise(warehouse: Warehouse, todo: Plan, changed: bool, seconds: float) -> SourceSummary:
    """How a source stands once its plan was carried out."""
    records, loaded, rejected, skipped = warehouse.rows(
        "select coalesce(sum(records), 0)::bigint, coalesce(sum(loaded), 0)::bigint, coalesce(sum(rejected), 0)::bigint,"
        f" coalesce(sum(skipped), 0)::bigint from {FILES.name} where source = $source and status = $status",
        {"source": todo.name, "status": files.LOADED},
    )[0]
    persons, interactions, unreadable = (
        warehouse.scalar(f"select count(*) from {table} where source = {literal(todo.name)}")
        for table in (RECORDS.name, INTERACTIONS.name, INVALID.name)
    )
    gave_way = gone(warehouse, todo.name)
    new = {digest for _, digest, _ in todo.new}
    unread = warehouse.rows(_UNREAD, {"source": todo.name}) if new else []
    rejections = warehouse.rows(
        f"select f.path, r.reason, count(*), min(r.source_row) from {REJECTS.name} as r"
        f" join {FILES.name} as f using (file_id) where r.source = $source group by all order by 3 desc, 1, 2 limit 20",
        {"source": todo.name},
    )
    return SourceSummary(
        source=todo.name,
        found=len(todo.found),
        new=len(todo.new),
        known=len(todo.known),
        superseded=sum(extract.superseded for extract in todo.found),
        records=records,
        loaded=loaded,
        rejected=rejected,
        skipped=skipped,
        persons=persons,
        interactions=interactions,
        unreadable=unreadable,
        changed=changed,
        seconds=seconds,
        gave_way=sum(one.rows for one in gave_way),
        gone=gave_way,
        notes=tuple(todo.notes),
        refused=tuple(todo.problems),
        digests=tuple(sorted(new)),
        unread=tuple(found for row in unread if (found := Unread(*row)).sha256 in new),
        left_out=tuple(name for name, status in {**todo.agreed, **todo.columns}.items() if status == LEFT_OUT),
        rejections=tuple(Rejection(*row) for row in rejections),
        read=tuple(
            (path, records, rejected)
            for path, records, rejected in warehouse.rows(
                f"select path, records, rejected from {FILES.name} where source = $source and status = $status order by file_id",
                {"source": todo.name, "status": files.READ},
            )
        ),
    )
