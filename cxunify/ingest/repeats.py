"""raw.<source> -> staging.repeats: rows that a file holds twice, cell by cell: an export that runs into itself, or bought twice."""

from __future__ import annotations

from cxunify.ingest.rows import Rows, staged
from cxunify.schema import REPEATS
from cxunify.warehouse import Stage, literal, quote


def repeats(rows: Rows) -> Stage:
    """The rows of each file that say again what an earlier one has said."""
    person, event = rows.source.person, rows.source.interaction
    ref = person.id if person else event.id if event else None
    cells = ", ".join(map(quote, rows.reader.columns.names))
    select = f"""
    with
    said as (select file_id, source_row, hash({cells}) as content, {rows.identifier(ref)} as id from {rows.table}),
    again as (select file_id, content, min(source_row) as first from said group by file_id, content having count(*) > 1)
    select {literal(rows.name)} as source, s.file_id, s.source_row, s.id
    from said as s
    join again as a on a.file_id = s.file_id and a.content = s.content and s.source_row > a.first"""
    return staged(REPEATS, select)
