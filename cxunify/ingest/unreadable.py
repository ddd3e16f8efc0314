"""raw.<source> -> temp.ingest_unreadable -> staging.invalid: cells that say something and are not what they should be."""

from __future__ import annotations

from collections.abc import Iterable

from cxunify.ingest import persons, said
from cxunify.ingest.rows import Rows, passing, staged
from cxunify.schema import INVALID, UNREAD
from cxunify.warehouse import Stage, Warehouse, literal

UNREADABLE = "temp.ingest_unreadable"


def find(warehouse: Warehouse, rows: Rows) -> tuple[str, ...]:
    """Find the cells of a source that cannot be read, which are then in temp.ingest_unreadable. Returns their fields."""
    fields = checked(rows)
    if not fields:
        return ()
    warehouse.build([unreadable(rows)])
    found = {field for (field,) in warehouse.rows(f"select distinct field from {UNREADABLE}")}
    return tuple(field for field in fields if field in found)


def standing(warehouse: Warehouse, rows: Rows) -> tuple[str, ...]:
    """The fields of which staging has cells that cannot be read, of the rows of a source that stand."""
    sql = f"select distinct field from {INVALID.name} where source = $source order by field"
    return tuple(field for (field,) in warehouse.rows(sql, {"source": rows.name}))


def unreadable(rows: Rows) -> Stage:
    """The cells that say something and cannot be read: each cell of a source is read once, and few are kept."""
    event = rows.source.interaction
    reasons = said.reasons(rows, event) if event else {}
    selects = (
        f"""
    select file_id, source_row, {literal(field)} as field, {reasons.get(field, literal(_reason(field)))} as reason,
        {text if field.startswith("consent.") else "null::varchar"} as word
    from {rows.table}
    where {text} is not null and {value} is null"""
        for field, (text, value) in checked(rows).items()
    )
    select = " union all ".join(selects)
    return passing(UNREADABLE, select, "One row per cell of the source that says something and cannot be read.")


def invalid(rows: Rows) -> Stage:
    """The cells that were found, in the shape of staging.invalid."""
    return staged(
        INVALID, f"select {literal(rows.name)} as source, file_id, source_row, field, reason, word from {UNREADABLE}"
    )


def unread(rows: Rows, fields: Iterable[str]) -> Stage:
    """How many cells of these fields cannot be read in each file, of how many that say something.

    A word of consent is no matter of how cells are written, nor is an id that was rounded: these have checks of their own.
    """
    texts = {field: text for field, (text, _) in checked(rows).items() if field in fields}
    selects = [
        f"""
    select file_id, {literal(field)} as field, count({text}) as filled from {rows.table} group by file_id"""
        for field, text in texts.items()
        if field != "id" and not field.startswith("consent.")
    ]
    filled = (
        " union all ".join(selects) or "select null::integer as file_id, null::varchar as field, 0::bigint as filled"
    )
    bad = f"select file_id, field, count(*) as unreadable from {UNREADABLE} group by file_id, field"
    said = f"select {literal(rows.name)} as source, file_id, field, unreadable, filled"
    return staged(UNREAD, f"{said} from ({filled}) join ({bad}) using (file_id, field)")


def checked(rows: Rows) -> dict[str, tuple[str, str]]:
    """The text and the value of each field of the mapping that may be unreadable, by the field's name."""
    person, event = rows.source.person, rows.source.interaction
    return {
        **(persons.checked(rows, person) if person else {}),
        **(said.checked(rows, event) if event else {}),
        **_damaged(rows),
    }


def _damaged(rows: Rows) -> dict[str, tuple[str, str]]:
    """The id as it is written and as an id, where some are none."""
    for model in (rows.source.person, rows.source.interaction):
        if model and model.id and rows.facts.rounded.intersection(model.id.names):
            return {"id": (rows.reader.joined(model.id.names), rows.identifier(model.id))}
    return {}


def _reason(field: str) -> str:
    if field.startswith("consent."):
        return "neither yes nor no"
    if field == "id":
        return "rounded by a spreadsheet"
    return "not a number" if field in {"amount", "quantity", "score"} else "not a date"
