"""Rows of a person who is to be forgotten -> raw.* and staging.* without them, as if the extracts had never held them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from cxunify.config import Config
from cxunify.ingest import conform, files, narrow
from cxunify.ingest.counts import Counts
from cxunify.ingest.forgotten import TO_COMPACT, leave_out
from cxunify.ingest.planned import raw
from cxunify.ingest.rounded import rounded
from cxunify.ingest.rows import Rows
from cxunify.ingest.survey import survey
from cxunify.schema import REJECTS
from cxunify.warehouse import Warehouse


def erase(warehouse: Warehouse, config: Config, rows: Mapping[str, Iterable[tuple[int, int]]]) -> dict[str, int]:
    """Take rows (file_id and source_row, by source) and all that bear a tombstone out of what was loaded; how many of each source.

    What staging holds of a source that had any is gone too: the next ingest makes it anew from the rows that are left.
    """
    gone: dict[str, int] = {}
    files.prepare(warehouse)
    for name in config.sources:
        if not warehouse.exists(f"raw.{name}"):
            continue
        with warehouse.transaction():
            count = _named(warehouse, name, list(rows.get(name, ())))
            count += leave_out(warehouse, config, rows_of(warehouse, config, name))
            if count:
                conform.clear(warehouse, name)
                narrow.forget(warehouse, name)
                warehouse.note(f"source {name}", "")
                gone[name] = count
    return gone


def rows_of(warehouse: Warehouse, config: Config, name: str) -> Rows:
    """The loaded rows of a source, and how they are written."""
    formats = {str(json.loads(file.reading)[0]) for file in files.known(warehouse, name) if file.reading}
    whole = conform.rows_of(warehouse, config, name, formats)
    counts = Counts(warehouse, whole.table)
    return rounded(counts, survey(counts, whole).rows).rows


def _named(warehouse: Warehouse, name: str, rows: list[tuple[int, int]]) -> int:
    """Take rows out by file and number; how many were there."""
    if not rows:
        return 0
    bound = {"files": [file_id for file_id, _ in rows], "places": [place for _, place in rows], "source": name}
    named = "(file_id, source_row) in (select (unnest($files)::integer, unnest($places)::bigint))"
    counts = dict(warehouse.rows(f"select file_id, count(*) from {raw(name)} where {named} group by file_id", bound))
    warehouse.execute(f"delete from {raw(name)} where {named}", bound)
    warehouse.execute(f"delete from {REJECTS.name} where source = $source and {named}", bound)
    files.left_out(warehouse, counts)
    if counts:
        warehouse.note(TO_COMPACT, "to be compacted")
    return sum(counts.values())
