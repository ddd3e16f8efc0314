"""raw.<source> -> Rounded: which columns of ids a spreadsheet has rounded to scientific notation, and by how much that matters."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cxunify.errors import Problem
from cxunify.ingest import convert
from cxunify.ingest.counts import Counts
from cxunify.ingest.rows import Rows
from cxunify.schema.words import counted

FEW = 0.01
"""Up to this share of an id's values may be rounded: their rows are told and taken as rows without an id."""


@dataclass(frozen=True)
class Rounded:
    """The rows, knowing which of their ids are none, and what is to be said of them."""

    rows: Rows
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def rounded(counts: Counts, rows: Rows) -> Rounded:
    """Look for ids of which only the first digits are left: what shares such an id has nothing else in common."""
    keys = {
        f"{part}.id": model.id
        for part, model in (("person", rows.source.person), ("interaction", rows.source.interaction))
        if model is not None and model.id is not None and rows.reader.has(model.id.names)
    }
    columns = {column: path for path, key in keys.items() for column in key.names}
    damaged: list[str] = []
    problems: list[Problem] = []
    notes: list[str] = []
    for column, path in columns.items():
        value = rows.reader.text(column)
        # The expression is dear and its sign is rare, so the sign is looked for first.
        sign = f"bool_or(contains({value}, 'E+') or contains({value}, 'e+'))"
        if not counts.ask(rows.table, {"sign": sign})["sign"]:
            continue
        asked = {"filled": f"count({value})", "found": f"count_if({convert.scientific(value)})"}
        filled, found = counts.ask(rows.table, asked).values()
        if found > filled * FEW:
            problems.append(
                Problem(
                    f"source {rows.name}: {path}, {column}: {found} of {counted(filled, 'value')}"
                    f" {'is' if found == 1 else 'are'} in scientific notation, such as"
                    " 1.23457E+12: a spreadsheet has kept their first digits only, and different ids have become the same",
                    f"Export {column} as text and do not open the file in a spreadsheet; or leave `id` out, and every row"
                    " counts by itself.",
                    key=path,
                )
            )
        elif found:
            damaged.append(column)
            notes.append(
                f"{path}, {column}: {counted(found, 'value is', 'values are')} in scientific notation, which is what"
                f" a spreadsheet leaves of long"
                " numbers; their rows are taken as rows without an id"
            )
    facts = replace(rows.facts, rounded=frozenset(damaged))
    return Rounded(replace(rows, facts=facts), tuple(problems), tuple(notes))
