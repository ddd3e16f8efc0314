"""An output of the warehouse -> its Parquet files: typed, described, sorted; the same bytes for the same content."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cxunify.publish.outputs import Output
from cxunify.publish.privacy import Privacy
from cxunify.schema import SCHEMA_VERSION
from cxunify.schema.table import Column, Table
from cxunify.warehouse import Export, Warehouse, literal, quote

UNDATED = "__HIVE_DEFAULT_PARTITION__"
"""The folder of rows without a partition's value, under the name that every reader of Hive partitions takes for null."""
_MONEY = "DECIMAL(18,2)"
ROW_GROUP = 61440
"""Rows per row group: small enough that one customer costs little to read, large enough to compress and to scan."""


@dataclass(frozen=True)
class Planned:
    """What is to be written of an output."""

    exports: tuple[Export, ...]
    made_from: Mapping[str, str]
    """File of a partition -> a fingerprint of its rows, where it was taken."""


def plan(
    warehouse: Warehouse,
    output: Output,
    folder: Path,
    privacy: Privacy,
    run_id: str,
    currency: str,
    take_over: Callable[[str, str], bool] | None = None,
) -> Planned:
    """What is to be written of one output into `folder`, empty but typed where the warehouse has none of its tables.

    `currency`: of its amounts, where no column beside them says another one. `take_over` is asked for each file of a partition,
    by its path and a fingerprint of its rows, whether it has put it there already; but not for the newest, in which something
    always happens: to look whether it did costs a third of writing it.
    """
    options = (f"row_group_size {ROW_GROUP}", f"kv_metadata {{{_metadata(output.table, currency)}}}")
    needs = output.needs or (output.source,)
    nothing = Export(_nothing(output.table), folder / _first(output), options)
    if not all(warehouse.columns(table) for table in needs):
        return Planned((nothing,), {})
    select = _select(warehouse, output, privacy)
    params = {**privacy.params, "run_id": run_id}
    order = f" order by {', '.join(output.order)}"
    if not output.partition:
        return Planned((Export(select + order, folder / output.path, options, params),), {})
    values = [
        row[0] for row in warehouse.rows(f"select distinct {output.partition} from {_partitions(output)} order by all")
    ]
    newest = max((value for value in values if value is not None), default=None)
    exports, made = list[Export](), dict[str, str]()
    for value in values:
        name = f"{output.path}/{output.partition}={UNDATED if value is None else value}/part-0.parquet"
        where = f" where {output.partition} is null" if value is None else f" where {output.partition} = {int(value)}"
        if take_over and value != newest:
            made[name] = warehouse.hash_of(f"({select + where})", params)
            if take_over(name, made[name]):
                continue
        exports.append(Export(select + where + order, folder / name, options, params))
    return Planned(tuple(exports) if values else (nothing,), made)


def _partitions(output: Output) -> str:
    """Where the partition's values are cheapest to find: the view over staging joins what they do not need."""
    return "profile.moments" if output.source == "profile.interactions" else output.source


def _first(output: Output) -> str:
    """The file of an output without rows."""
    return f"{output.path}/{output.partition}={UNDATED}/part-0.parquet" if output.partition else output.path


def _select(warehouse: Warehouse, output: Output, privacy: Privacy) -> str:
    """The SELECT of an output's columns, in order, of their types."""
    present = warehouse.columns(output.source) if not output.source.startswith("(") else None
    terms = ", ".join(_term(output, column, present, privacy) for column in output.table.columns)
    return f"select {terms} from {output.source} as source"


def _term(output: Output, column: Column, present: dict[str, str] | None, privacy: Privacy) -> str:
    absent = present is not None and column.name not in present
    value = "null" if absent else privacy.guard(output, column)
    # DuckDB marks a column as required when the rows of the day hold no null; the CASE hides that, so that a schema depends on
    # nothing but this package.
    return f"case when {value} is not null then cast({value} as {column.type}) end as {quote(column.name)}"


def _nothing(table: Table) -> str:
    columns = ", ".join(f"cast(null as {column.type}) as {quote(column.name)}" for column in table.columns)
    return f"select {columns} where false"


@cache
def _metadata(table: Table, currency: str) -> str:
    """What the file says of itself: readable by anyone, and once more as Arrow's schema, which attaches it to the columns."""
    described = {column.name: column.meaning for column in table.columns}
    pairs = {
        "cxunify.schema_version": str(SCHEMA_VERSION),
        "cxunify.table": table.name,
        "cxunify.meaning": table.meaning,
        "cxunify.grain": json.dumps(table.grain),
        "cxunify.columns": json.dumps(described, ensure_ascii=False),
        "ARROW:schema": _arrow(table),
    }
    if any(column.type == _MONEY for column in table.columns):
        pairs["cxunify.currency"] = currency
    return ", ".join(f"{literal(key)}: {literal(value)}" for key, value in pairs.items())


def _arrow(table: Table) -> str:
    import pyarrow  # here: it costs a third of a second, and only publishing needs it

    fields = [
        pyarrow.field(column.name, kind, metadata={"description": column.meaning} if column.meaning else None)
        for column, kind in zip(table.columns, _types(table), strict=True)
    ]
    return base64.b64encode(pyarrow.schema(fields).serialize().to_pybytes()).decode("ascii")


def _types(table: Table) -> Iterator[object]:
    import pyarrow

    plain = {
        "VARCHAR": pyarrow.string(), "BOOLEAN": pyarrow.bool_(), "TINYINT": pyarrow.int8(), "INTEGER": pyarrow.int32(),
        "BIGINT": pyarrow.int64(), "DOUBLE": pyarrow.float64(), "DATE": pyarrow.date32(), "TIMESTAMP": pyarrow.timestamp("us"),
    }  # fmt: skip
    for column in table.columns:
        if column.type.startswith("DECIMAL"):
            precision, scale = column.type.removeprefix("DECIMAL(").removesuffix(")").split(",")
            yield pyarrow.decimal128(int(precision), int(scale))
        else:
            yield plain[column.type]
