"""raw.<source> -> the rows at the end of its files that add up the others: they are neither people nor anything that happened."""

from __future__ import annotations

from cxunify.ingest.bind import references
from cxunify.ingest.counts import Counts
from cxunify.ingest.rows import Rows
from cxunify.vocabulary.lists import listed, quoted
from cxunify.warehouse import literal, quote

_LAST = 3
"""Rows at the end of a file that are looked at: a total per currency, or of all and of those above it."""
_NUMBER = r"[-+(]?\s*([a-z]{0,3}[$€£¥]|[a-z]{3})?\s*[-+]?(\d[\d.,'’ ]*|[.,]\d+)\s*\)?-?\s*([$€£¥%]|[a-z]{3}|kr|zł)?"
_ADDED = (".amount", ".quantity", ".score", ".properties.", ".attributes.")
"""Fields of the mapping that a line of totals may fill; all else in it would say who, what or when."""


def totals(counts: Counts, rows: Rows) -> dict[int, list[int]]:
    """The lines of totals of each file, by their rows.

    Such a row is one of the last of its file. The first thing that it says is a word for a sum, all else are numbers, and what
    the mapping needs to know somebody or some moment by is empty.
    """
    columns = rows.reader.columns
    cells = [f"nullif(trim({quote(column)}::varchar), '')" for column in columns.names]
    if len(cells) < 2:
        return {}
    first = f"lower(rtrim(coalesce({', '.join(cells)}), ' :.'))"
    # A list, and no sum of a term for each column: the engine refuses expressions that are a thousand terms deep.
    said = f"list_filter([{', '.join(cells)}], lambda cell: cell is not null)"
    number = f"regexp_full_match(lower(cell), {literal(_NUMBER)})"
    telling = dict.fromkeys(
        sql
        for reference in references(rows.source)
        if not any(part in f"{reference.key}." for part in _ADDED)
        and (sql := columns.sql(reference.column)) is not None
    )
    says_nothing = [f"lower(rtrim(coalesce(trim({sql}::varchar), ''), ' :.')) in ('', total)" for sql in telling]
    found = counts.listed(
        f"with ends as (select file_id, max(source_row) as last_row from {rows.table} group by file_id),"
        f" looked as (select t.*, {first} as total, {said} as said from {rows.table} as t"
        f" join ends using (file_id) where t.source_row > ends.last_row - {_LAST})"
        f" select file_id, source_row from looked where total in ({quoted(listed('total'))}) and len(said) > 1"
        f" and len(list_filter(said, lambda cell: {number})) = len(said) - 1"
        f" and {' and '.join(says_nothing) or 'true'} order by all"
    )
    by_file: dict[int, list[int]] = {}
    for file_id, source_row in sorted(found):
        by_file.setdefault(file_id, []).append(source_row)
    return by_file
