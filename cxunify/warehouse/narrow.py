"""A table of which what it reads has changed in part -> those of its parts that are touched, made again by the SELECT of the whole.

The SELECT runs over the rows of the touched parts, and what comes of it takes their place: incremental view maintenance as
recomputation of the affected groups (Gupta and Mumick 1995, "Maintenance of Materialized Views: Problems, Techniques, and
Applications"). It is tried only where a table was made by the same rule from exactly what stood before the changes that are known
here, and those have happened since the warehouse was opened: whatever else may be, the table is made whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cxunify.warehouse.connection import Params
from cxunify.warehouse.stage import Parts, Stage, quote, renamed
from cxunify.warehouse.tables import Tables

MOST = 0.25
"""Where more of the rows of what it reads than this are gone or new, a table is made whole."""
_TOUCHED, _MOVED, _MADE = "temp.narrow_touched", "temp.narrow_moved", "temp.narrow_made"


@dataclass(frozen=True)
class Change:
    """What has changed in a table: its content before and after, and the table of the rows that are gone or new."""

    before: str
    after: str
    rows: str


def rebuild(warehouse: Tables, stage: Stage, params: Params) -> str | None:
    """Make a stage's table whole, where there is one; return where the rows of it are that are gone or new.

    None where it was of other columns, another version or other settings made it, or where it is much: what reads it is made whole.
    """
    assert stage.parts is not None
    schema, _, name = stage.table.name.partition(".")
    before = f"{schema}.{quote(f'{name} (before)')}"
    columns, rows = warehouse.columns(stage.table.name), None
    with warehouse.transaction():
        warehouse.execute(f"alter table {stage.table.name} rename to {quote(f'{name} (before)')}")
        warehouse.build((stage,), params)
        if columns == warehouse.columns(stage.table.name):
            _moved(warehouse, stage.parts.key, before, stage.table.name)
            if not _is_much(warehouse, stage.table.name, _MOVED):
                rows = _kept(warehouse, stage, before, stage.table.name)
            warehouse.execute(f"drop table {_MOVED}")
        warehouse.execute(f"drop table {before}")
    return rows


def narrow(warehouse: Tables, stage: Stage, changes: Mapping[str, Change], params: Params) -> str | None:
    """Make the touched parts of a stage's table again; return where the rows are that are gone or new.

    `changes`: of every table that it reads and that is another since its table was made. None, with nothing done, where so much
    is touched that it is better made whole.
    """
    parts, name = stage.parts, stage.table.name
    assert parts is not None
    if any(_is_much(warehouse, table, change.rows) for table, change in changes.items()):
        return None
    with warehouse.replaced(stage.table):
        touched = [_touched(parts, table, change) for table, change in changes.items()]
        _temporary(
            warehouse, _TOUCHED, f"select distinct part from ({' union all '.join(touched)}) where part is not null"
        )
        narrowed = {table: f"temp.narrow_{place}" for place, table in enumerate(parts.of) if table in stage.reads}
        for table, view in narrowed.items():
            warehouse.execute(
                f"create or replace temp view {view.removeprefix('temp.')} as"
                f" select * from {table} where {parts.of[table]} in (select part from {_TOUCHED})"
            )
        _temporary(warehouse, _MADE, renamed(stage.select, narrowed), params)
        old = f"(select * from {name} where {parts.key} in (select part from {_TOUCHED}))"
        _moved(warehouse, parts.key, old, _MADE)
        rows = _kept(warehouse, stage, old, _MADE)
        warehouse.execute(f"delete from {name} where {parts.key} in (select part from {_MOVED})")
        warehouse.execute(f"insert into {name} select * from {_MADE} where {parts.key} in (select part from {_MOVED})")
    for view in narrowed.values():
        warehouse.execute(f"drop view {view}")
    for table in (_TOUCHED, _MOVED, _MADE):
        warehouse.execute(f"drop table {table}")
    return rows


def _touched(parts: Parts, table: str, change: Change) -> str:
    if table in parts.of:
        return f"select {parts.of[table]} as part from {change.rows}"
    return f"select part from ({parts.through[table].replace('{changed}', change.rows)})"


def _is_much(warehouse: Tables, table: str, changed: str) -> bool:
    rows, all_ = warehouse.rows(f"select (select count(*) from {changed}), (select count(*) from {table})")[0]
    return bool(rows > 2 * MOST * all_)  # a row that is another is there twice: as it was and as it is


def _moved(warehouse: Tables, key: str, before: str, after: str) -> None:
    """The parts whose rows are others, in whatever order they stand."""
    either = " union all ".join(
        f'select {key} as part, {sign} * hash("a row")::hugeint as rows_hash, {sign} as rows from {table} as "a row"'
        for table, sign in ((before, -1), (after, 1))
    )
    _temporary(
        warehouse,
        _MOVED,
        f"select part from ({either}) group by part having sum(rows_hash) <> 0 or sum(rows) <> 0",
    )


def _kept(warehouse: Tables, stage: Stage, before: str, after: str) -> str:
    """Keep the rows of the moved parts, as they were and as they are."""
    assert stage.parts is not None
    kept = f"temp.{quote('changed ' + (stage.stands_for or stage.table.name))}"
    either = " union all ".join(
        f"select * from {table} where {stage.parts.key} in (select part from {_MOVED})" for table in (before, after)
    )
    _temporary(warehouse, kept, either)
    return kept


def _temporary(warehouse: Tables, name: str, select: str, params: Params | None = None) -> None:
    warehouse.execute(f"create or replace temp table {name.removeprefix('temp.')} as {select}", params)
