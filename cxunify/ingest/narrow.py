"""raw.<source>, staging.kept -> its new files alone, where all that they do is add to what stands of a source that appends.

Staging rows of a source follow from its rows and from what whole columns say (how dates are written, which mark is the decimal
one, what words mean). Where a new file leaves that as it was, and none of its rows has an id of those that stand, these come out
as they are: only the new rows are conformed. What the others were asked is kept here, source by source, with what came of it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxunify.config import Interaction
from cxunify.ingest import files
from cxunify.ingest.group import LINES
from cxunify.ingest.planned import raw
from cxunify.ingest.rows import Rows, passing
from cxunify.ingest.said import stated_id
from cxunify.schema import INTERACTIONS, RECORDS, REJECTS, TRACES, Table
from cxunify.warehouse import Stage, Warehouse, literal
from cxunify.warehouse.fingerprint import fingerprint

KEPT = Table(
    "staging.kept",
    "One row per source that appends: what its rows are read by, and what was counted of them by whole columns.",
)
ADDED = "temp.ingest_added"


@dataclass(frozen=True)
class Standing:
    """What stands of a source, and what its rows have answered."""

    new: tuple[int, ...]
    """The files that are not among those that stand."""
    read_by: str
    """How the rows that stand are read."""
    answers: Mapping[str, Any]


def standing(warehouse: Warehouse, name: str, made_by: str) -> Standing | None:
    """What stands of a source, where it was made by the same mapping and all of its files are there still; None: nothing does."""
    if not warehouse.exists(KEPT.name):
        return None
    sql = f"select files, read_by, answers from {KEPT.name} where source = $source and made_by = $made_by"
    rows = warehouse.rows(sql, {"source": name, "made_by": made_by})
    if not rows:
        return None
    listed, read_by, answers = rows[0]
    before, now = set(map(tuple, json.loads(listed))), set(_files(warehouse, name))
    new = tuple(sorted(file_id for file_id, *_ in now - before))
    return Standing(new, read_by, json.loads(answers)) if new and before < now else None


def keep(warehouse: Warehouse, name: str, made_by: str, read_by: str, answers: Mapping[str, Any]) -> None:
    """Keep what the rows of a source, which now stand, have answered."""
    forget(warehouse, name)
    columns = ", ".join(f"{column} varchar" for column in ("source", "made_by", "files", "read_by", "answers"))
    warehouse.execute(f"create table if not exists {KEPT.name} ({columns})")
    warehouse.execute(f"comment on table {KEPT.name} is {literal(KEPT.meaning)}")
    values = {
        "source": name, "made_by": made_by, "files": json.dumps(_files(warehouse, name)), "read_by": read_by,
        "answers": json.dumps(answers, sort_keys=True),
    }  # fmt: skip
    warehouse.execute(f"insert into {KEPT.name} values ($source, $made_by, $files, $read_by, $answers)", values)


def forget(warehouse: Warehouse, name: str) -> None:
    """Keep nothing of a source: the words of cells that it holds may be those of somebody who is forgotten."""
    if warehouse.exists(KEPT.name):
        warehouse.execute(f"delete from {KEPT.name} where source = $source", {"source": name})


def read_by(rows: Rows) -> str:
    """How the rows of a source are read, as far as their columns decide it, as a fingerprint."""
    reader = rows.reader
    return fingerprint(_plain(rows.facts), sorted(reader.clean), sorted(reader.zeros))


def meets_records(warehouse: Warehouse, rows: Rows, record_id: str) -> bool:
    """Whether a new row, as its `record_id` (SQL) says, is of a record that stands."""
    new = f"(select {record_id} as record_id from {rows.table})"
    met = f"select count(*) from {RECORDS.name} semi join {new} using (record_id) where source = $source"
    return bool(warehouse.scalar(met, {"source": rows.name}))


def meets_lines(warehouse: Warehouse, rows: Rows, event: Interaction, new: Collection[int]) -> bool:
    """Whether a new line, of those in temp.ingest_lines, shares its id with one that stands; those without a time do too."""
    bound = {"source": rows.name}
    stand = f"select interaction_id from {INTERACTIONS.name} where source = $source"
    lost = f"select file_id, source_row from {REJECTS.name} where source = $source and stage = 'conform'"
    lost += f" and file_id not in ({', '.join(map(str, new))})"
    if warehouse.scalar(f"select count(*) from ({lost})", bound):
        if event.rows_share is not None:  # the id of a row may stand in the row above it
            return True
        ids = f"select {stated_id(rows, event)} as interaction_id from {raw(rows.name)}"
        stand += f" union all {ids} semi join ({lost}) using (file_id, source_row)"
    return bool(warehouse.scalar(f"select count(*) from ({stand}) semi join {LINES} using (interaction_id)", bound))


def add(warehouse: Warehouse, stages: Sequence[Stage]) -> None:
    """Put what the stages select beside all that the shared tables hold of a source: a trace may have been left before."""
    for stage in stages:
        select = stage.select
        if stage.table == TRACES:
            key = "t.source = n.source and t.trace_id = n.trace_id"
            sums = (
                "n.interactions + coalesce(t.interactions, 0) as interactions, least(n.first_at, t.first_at) as first_at,"
                " greatest(n.last_at, t.last_at) as last_at"
            )
            both = f"select n.* replace ({sums}) from ({select}) as n left join {TRACES.name} as t on {key}"
            warehouse.build([passing(ADDED, both, "One row per trace that the new rows have left.")])
            warehouse.execute(f"delete from {TRACES.name} as t using {ADDED} as n where {key}")
            select = f"select * from {ADDED}"
        warehouse.execute(f"insert into {stage.table.name} by name {select}")
    warehouse.execute(f"drop table if exists {ADDED}")


def _files(warehouse: Warehouse, name: str) -> list[tuple[int, str, str, int]]:
    return [(file.file_id, file.sha256, file.reading, file.forgotten) for file in files.known(warehouse, name)]


def _plain(value: Any) -> Any:
    """A value as JSON has it, sets and mappings in an order of their own."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(_plain(getattr(value, field.name)) for field in dataclasses.fields(value))]
    if isinstance(value, Mapping):
        return sorted(([str(key), _plain(one)] for key, one in value.items()), key=lambda pair: pair[0])
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
