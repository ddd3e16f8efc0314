"""One SELECT and the tables it may read -> its rows as Parquet, made in a database of its own that reaches nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from cxunify import trouble
from cxunify.errors import StorageError
from cxunify.warehouse.bounds import Settings, bounds, spilling
from cxunify.warehouse.stage import located, quote

_BATCH = 50_000
_MADE = '"its rows"'
"""The table of what is selected; no table of the configuration has such a name."""
_NESTED = re.compile(r"\]$|^(STRUCT|MAP|UNION|VARIANT)\b")
_KINDS = re.compile(
    r"\bto ((?:U?(?:TINY|SMALL|BIG|HUGE)?INT|INT(?:8|16|32|64|128)|DECIMAL|DOUBLE|FLOAT|DATE|TIME|TIMESTAMP|BOOL)\w*)"
)
_MOMENTS = {f"current_{of}" for of in ("date", "time", "timestamp")} | {f"local{of}" for of in ("time", "timestamp")}
"""What reads as a column, and is the time of the clock."""


class Refused(Exception):
    """What is wrong with a SELECT, and what can be done about it: never with a cell of anybody's."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def select(sql: str, tables: Mapping[str, Path], folder: Path, out: Path, memory: str, disk: str) -> list[str]:
    """Write the rows of a SELECT to the new Parquet file `out`, every column as text, and return the names of its columns.

    It sees `tables`, Parquet files by the name it gives them, and nothing else: no other file, no network, no extension, no
    setting. `folder` holds its database, which is gone afterwards; beyond `memory` it spills there, up to `disk`. One thread, so
    that equal tables make equal rows in equal order. Raises Refused, and StorageError.
    """
    path = folder / "select.duckdb"
    path.unlink(missing_ok=True)
    settings: Settings = {
        **bounds(spill := folder / "select.tmp", memory, 1),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
    }
    connection = duckdb.connect(str(path), config=settings)
    try:
        connection.execute(spilling(spill, disk))
        connection.execute("set timezone = 'UTC'")
        _check(connection, sql)
        for name, file in tables.items():
            connection.execute(f"create table {quote(name)} as select * from read_parquet({located(file)})")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        return _written(connection, sql, out)
    except duckdb.Error as error:
        if isinstance(full := trouble.of(error), StorageError):
            raise full from None
        raise _refused(error, tables) from None
    finally:
        connection.close()
        path.unlink(missing_ok=True)


def _check(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise Refused for what is no single SELECT, and for one whose rows depend on more than its tables."""
    found = connection.extract_statements(sql)
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise Refused("is not one SELECT", "Write exactly one, with all that it needs in CTEs: it can change nothing.")
    tree = json.loads(connection.execute("select json_serialize_sql($1)", [sql]).fetchall()[0][0])
    if tree.get("error"):
        raise Refused("is not one SELECT", "Write exactly one SELECT, no SHOW, DESCRIBE or SUMMARIZE.")
    loose = "select function_name from duckdb_functions() where stability in ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')"
    forbidden = {name for (name,) in connection.execute(loose).fetchall()} - {"error"} | _MOMENTS
    if used := sorted({name for name in _called(tree) if name in forbidden}):
        raise Refused(
            f"uses {', '.join(used)}, which says something else every time",
            "What its rows are must follow from its files alone.",
        )


def _called(node: Any) -> Iterator[str]:
    """The functions that a statement calls, columns that bear the name of one, and `sample`."""
    if isinstance(node, dict):
        if name := node.get("function_name"):
            yield str(name).lower()
        if len(path := node.get("column_names") or []) == 1:
            yield str(path[0]).lower()
        if node.get("sample"):
            yield "random"
        for value in node.values():
            yield from _called(value)
    elif isinstance(node, list):
        for value in node:
            yield from _called(value)


def _written(connection: duckdb.DuckDBPyConnection, sql: str, out: Path) -> list[str]:
    """Run a SELECT and write what it selects, as text; lists and structures as JSON."""
    import pyarrow.parquet

    # the SELECT stands last in each statement: it may end in a semicolon, or in a comment
    described = connection.execute(f"describe {sql}").fetchall()
    names = [str(name) for name, *_ in described]
    folded = [*map(str.casefold, names)]
    if twice := sorted({name for name in names if folded.count(name.casefold()) > 1}):
        raise Refused(
            f"selects several columns called {', '.join(twice)}", "Give each a name of its own: `o.id as order_id`."
        )
    places = [f"c{number}" for number in range(len(names))]
    connection.execute(f"create table {_MADE} ({', '.join(places)}) as {sql}")
    cells = ", ".join(
        f"{f'to_json({place})' if _NESTED.search(str(kind)) else place}::varchar as {place}"
        for place, (_, kind, *_) in zip(places, described, strict=True)
    )
    reader = connection.sql(f"select {cells} from {_MADE}").to_arrow_reader(_BATCH)
    schema = reader.schema
    for place, name in enumerate(names):
        schema = schema.set(place, schema.field(place).with_name(name))
    with pyarrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch.rename_columns(names))
    return names


def _refused(error: duckdb.Error, tables: Mapping[str, Path]) -> Refused:
    """What the engine objects to, without the cells that its own words may quote."""
    words = str(error).split("\n", 1)[0]
    if isinstance(error, duckdb.PermissionException):
        return Refused(
            "reaches for something besides its files", "Name each file under `files`, and read it by that name."
        )
    if isinstance(error, duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException):
        said = words.partition(": ")[2]
        return Refused(
            f"cannot be read: {said}", f"Its tables are: {', '.join(tables)}; every column of theirs is text."
        )
    if isinstance(error, duckdb.ConversionException | duckdb.InvalidInputException | duckdb.OutOfRangeException):
        kind = _KINDS.findall(words)
        what = f"meets a cell that is no {kind[-1]}" if kind else "meets a cell that it cannot convert"
        return Refused(what, "Cast with `try_cast(… as …)`, or leave such rows out.")
    return Refused(f"came to no end ({type(error).__name__})", "Make it smaller, or join less.")
