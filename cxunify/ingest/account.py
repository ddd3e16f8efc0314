"""raw.files, staging.* -> Account: rows loaded = rows that stand + rows that gave way, by reason; checked by every ingest."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.config import Source
from cxunify.errors import ContractError
from cxunify.ingest.files import LOADED
from cxunify.ingest.interactions import NO_TIME
from cxunify.schema import FILES, GAVE_WAY, INTERACTIONS, RECORDS, REJECTS
from cxunify.schema.words import counted
from cxunify.warehouse import Warehouse


@dataclass(frozen=True)
class Gone:
    """Rows of a file that gave way, for one reason."""

    file: str
    subject: str
    """record or interaction: what the rows would have been."""
    reason: str
    rows: int
    first_row: int
    """The first of them, 1 for the first record after the header."""


def balance(warehouse: Warehouse, name: str, source: Source) -> None:
    """Hold the rows of a source against what became of them. Raises ContractError where one is not accounted for.

    A row of which an interaction could not be made may still describe somebody: for people, it is not gone for want of a time.
    """
    bound = {"source": name, "status": LOADED, "untimed": NO_TIME.format("")}
    loaded, read = warehouse.rows(
        "select coalesce(sum(loaded), 0), coalesce(sum(records - skipped), 0) -"
        f" (select count(*) from {REJECTS.name} where source = $source and not starts_with(reason, $untimed)"
        f" and file_id in (select file_id from {FILES.name} where source = $source and status = $status))"
        f" from {FILES.name} where source = $source and status = $status",
        bound,
    )[0]
    for there, subject, rows, stand, table in (
        (source.person, "record", read, "count(*)", RECORDS),
        (source.interaction, "interaction", loaded, "coalesce(sum(lines), 0)", INTERACTIONS),
    ):
        if there is None:
            continue
        standing, gone = (
            warehouse.scalar(f"select {count} from {of} where source = $source{more}", {"source": name})
            for count, of, more in ((stand, table.name, ""), ("count(*)", GAVE_WAY.name, f" and subject = '{subject}'"))
        )
        if rows != standing + gone:
            raise ContractError(
                f"source {name}: of {counted(rows, 'row')}, {standing} stand as {subject}s and {gone} gave way",
                "Every row must be one of the two; this is a fault of cxunify.",
            )


def gone(warehouse: Warehouse, name: str) -> tuple[Gone, ...]:
    """The rows of a source that gave way, by file and reason, most first."""
    return tuple(
        Gone(*row)
        for row in warehouse.rows(
            f"select f.path, g.subject, g.reason, count(*), min(g.source_row) from {GAVE_WAY.name} as g"
            f" join {FILES.name} as f using (file_id) where g.source = $source group by all order by 4 desc, 1, 2, 3",
            {"source": name},
        )
    )
