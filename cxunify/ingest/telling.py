"""Rows that share an id without being one thing -> the columns that, beside the id, tell them apart: what a fix can name."""

from __future__ import annotations

from collections.abc import Collection

from cxunify.ingest.rows import Rows
from cxunify.warehouse import Warehouse

SAMPLE = 500
"""So many shared ids show what tells their rows apart."""
MOST = 3
"""An id of more columns than this and its own is no advice."""


def telling(warehouse: Warehouse, rows: Rows, sample: str, mapped: Collection[str]) -> list[str]:
    """The fewest columns that tell apart the things in `sample` (id, place, file_id, source_row); none where none do.

    Columns in `mapped` are not among them: they say what a thing is about, and not which one it is.
    """
    taken = {rows.reader.columns.find(name) for name in mapped}
    columns = [name for name in rows.reader.columns.names if name not in taken]
    source = f"(select s.id, s.place, raw.* from {rows.table} as raw join ({sample}) as s using (file_id, source_row))"
    chosen: list[str] = []
    while columns and len(chosen) < MOST:
        asked = []
        for column in columns:
            told = ", ".join(f"coalesce({rows.reader.text(name)}, '')" for name in [*chosen, column])
            asked += [f"count(distinct (id, {told}))", f"count(distinct (id, place, {told}))"]
        answer = warehouse.rows(f"select {', '.join(asked)} from {source}")[0]
        # What is left to tell, and then how many there would be: lines of one receipt should stay together.
        left = {
            column: (both - alone, alone)
            for column, alone, both in zip(columns, answer[::2], answer[1::2], strict=True)
        }
        best = min(left, key=lambda column: left[column])
        chosen.append(best)
        columns.remove(best)
        if not left[best][0]:
            return chosen
    return []
