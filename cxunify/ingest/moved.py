"""raw.<source>, temp.ingest_unreadable -> temp.ingest_moved: rows whose cells lie in their neighbours' columns.

A delimiter too many in one place and one too few in another leaves a row with the right number of cells, some of them moved.
Where an amount or a date cannot be read, its cell has a shape (letters a, digits 0) that its column has in no other row. If
the column beside it has that shape elsewhere, but not in this row, then the cell was moved from there, and no cell of the row
can be trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cxunify.config import Money, Number, When
from cxunify.ingest.rows import Facts, Rows, passing, staged
from cxunify.ingest.unreadable import UNREADABLE
from cxunify.schema import INVALID, REJECTS
from cxunify.warehouse import Stage, Warehouse, literal, quote

DOUBTFUL, MOVED = "temp.ingest_doubtful", "temp.ingest_moved"
_SAMPLE = 1_000
"""Rows that show what the columns hold elsewhere."""
_FEWEST = 5
_MOST = 10_000
"""Different shapes of rows that are looked at."""
_COMMON, _FOREIGN = 0.05, 0.01
"""Shares of a column's cells: a shape is its own from here on; a shape is not its own below."""
_STEPS = (1, -1, 2, -2)
_PLAIN = frozenset("0.,+- ")

Row = Sequence[str | None]


@dataclass(frozen=True)
class Column:
    """The shapes of a column's cells in rows that can be read."""

    shapes: Mapping[str, int]
    filled: int

    def share(self, shape: str) -> float:
        """The share of the filled cells that have a shape."""
        return self.shapes.get(shape, 0) / max(self.filled, 1)

    def foreign(self, shape: str | None) -> bool:
        """Whether a cell of this shape (None: an empty one) is no cell of this column."""
        return shape is None or self.share(shape) < _FOREIGN


def find(warehouse: Warehouse, rows: Rows, fields: Sequence[str], *, standing: bool = False) -> Rows | None:
    """The rows without those whose cells have moved, which are then in temp.ingest_moved; None when there are none.

    `fields` are those with cells that cannot be read; of rows that are `standing` beside new ones, staging.invalid has them.
    """
    places = _places(rows, fields)
    if rows.typed or not places:
        return None
    listed = ", ".join(map(literal, places))
    lost = f"select file_id, source_row from {UNREADABLE} where field in ({listed})"
    if standing:
        own = f"source = {literal(rows.name)} and field in ({listed})"
        lost += f" union select file_id, source_row from {INVALID.name} where {own}"
    cells = _cells(rows, f"semi join ({lost}) using (file_id, source_row)")
    shapes = f"select file_id, source_row, list(shape order by place) as shapes from {cells} group by all"
    warehouse.build([passing(DOUBTFUL, shapes, "One row per row of the source with a cell that cannot be read.")])
    keyed = f"(select *, md5(shapes::varchar) as key from {DOUBTFUL})"
    seen = warehouse.rows(
        f"select key, any_value(shapes) from {keyed} group by key order by count(*) desc, key limit {_MOST}"
    )
    columns = _ordinary(warehouse, rows) if seen else []
    if not columns:
        return None
    reasons = {key: field for key, row in seen if (field := moved(row, columns, places)) is not None}
    if not reasons:
        return None
    values = ", ".join(f"({literal(key)}, {literal(field)})" for key, field in reasons.items())
    select = (
        f"select file_id, source_row, field from {keyed} join (values {values}) as reasons (key, field) using (key)"
    )
    warehouse.build([passing(MOVED, select, "One row per row of the source whose cells have moved.")])
    return replace(
        rows, table=f"(select * from {rows.table} anti join {MOVED} using (file_id, source_row))", facts=Facts()
    )


def rejected(rows: Rows) -> Stage:
    """The rows whose cells have moved, as rejects; `rows` still has them."""
    select = f"""
    select {literal(rows.name)} as source, raw.file_id, raw.source_row, null as line, null as byte_offset, 'conform' as stage,
        'its cells have moved: ' || field || ' holds what a column beside it holds in other rows' as reason,
        to_json(raw)::varchar as text
    from {rows.table} as raw join {MOVED} using (file_id, source_row)"""
    return staged(REJECTS, select)


def drop(warehouse: Warehouse) -> None:
    """Remove the tables of the moment."""
    for table in (DOUBTFUL, MOVED):
        warehouse.execute(f"drop table if exists {table}")


def moved(row: Row, columns: Sequence[Column], places: Mapping[str, Sequence[int]]) -> str | None:
    """The first field whose cell was moved from another column; None when there is none.

    One such cell is enough where its shape tells (a code, a clock, an address). A mere number or word may stray by itself:
    then another cell has to have moved in the same direction.
    """
    for step in _STEPS:
        strayed = list(_strayed(row, columns, step))
        for field, own in places.items():
            here = [place for place in own if place in strayed]
            if here and (len(strayed) > 1 or any(_tells(row[place] or "") for place in here)):
                return field
    return None


def _strayed(row: Row, columns: Sequence[Column], step: int) -> Iterator[int]:
    """The places of cells that belong to the column so many steps before, which has another cell in this row, or none."""
    for place, shape in enumerate(row):
        before = place - step
        if shape is None or not 0 <= before < len(row):
            continue
        if (
            columns[place].foreign(shape)
            and columns[before].share(shape) >= _COMMON
            and columns[before].foreign(row[before])
        ):
            yield place


def _tells(shape: str) -> bool:
    """Whether a shape is that of something: it has digits or an at sign, and is no plain number."""
    return ("0" in shape or "@" in shape) and not set(shape) <= _PLAIN


def _ordinary(warehouse: Warehouse, rows: Rows) -> list[Column]:
    """What the columns hold in rows that can be read, by a sample; nothing where there are too few of them."""
    every = max(int(warehouse.scalar(f"select count(*) from {rows.table}")) // _SAMPLE, 1)
    some = f"anti join {DOUBTFUL} using (file_id, source_row) where hash(file_id, source_row) % {every} = 0"
    counts = warehouse.rows(f"select place, shape, count(*) from {_cells(rows, some)} group by all")
    shapes: list[dict[str, int]] = [{} for _ in rows.reader.columns.names]
    for place, shape, count in counts:
        shapes[place] |= {shape: count} if shape is not None else {}
    seen = sum(count for place, _, count in counts if place == 0)
    return [Column(found, sum(found.values())) for found in shapes] if seen >= _FEWEST else []


def _cells(rows: Rows, which: str) -> str:
    """The shape of each cell of the rows that a join or a condition leaves, and its place among its row's, as what follows FROM.

    An expression for each column would be compiled as often as there are columns, which takes longer than to use it.
    """
    cells = ", ".join(
        f"{{'place': {place}, 'said': {quote(name)}}}" for place, name in enumerate(rows.reader.columns.names)
    )
    each = f"select file_id, source_row, unnest([{cells}]) as cell from {rows.table} {which}"
    return f"(select file_id, source_row, cell.place as place, {_shape('cell.said')} as shape from ({each}))"


def _places(rows: Rows, fields: Sequence[str]) -> dict[str, list[int]]:
    """Where the columns of the fields that hold dates and numbers are."""
    names = rows.reader.columns.names
    found: dict[str, list[int]] = {}
    for field in fields:
        ref = next(
            (ref for part in (rows.source.interaction, rows.source.person) if (ref := getattr(part, field, None))), None
        )
        columns = ref.names if isinstance(ref, When | Money | Number) else ()
        places = [names.index(name) for column in columns if (name := rows.reader.columns.find(column)) is not None]
        found |= {field: places} if places else {}
    return found


def _shape(column: str) -> str:
    """The shape of a cell, as SQL: runs of letters are a, runs of digits 0; null where it is empty."""
    text = f"left({column}, 80)"
    for pattern, sign in ((r"\p{L}+", "a"), (r"\d+", "0"), (r"\s+", " ")):
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(sign)}, 'g')"
    return f"nullif(trim({text}), '')"
