"""An expression of DuckDB -> a function that Spark's tasks call with batches of rows: DuckDB itself works it out."""

from collections.abc import Callable
from typing import Any

import pyarrow

from cxunify.warehouse.fingerprint import ENGINES
from cxunify.warehouse.spark.kinds import exported, returned

OTHERWISE = "other engines than those of cxunify:"
"""How the complaint begins of a process that would compute otherwise than the one that asks."""
_OPEN: dict[str, Any] = {}
"""One connection a task's process, made when it is first needed."""


def answering(sql: str, arguments: int, kind: str) -> Callable[..., Any]:
    """A function of Arrow arrays, the columns `c0`, `c1` … of an expression, that yields what DuckDB says it is."""
    names = [f"c{number}" for number in range(arguments)]
    engines = ENGINES

    def answer(*columns: pyarrow.Array) -> pyarrow.Array:
        agree(engines)
        rows = pyarrow.table(list(columns), names=names)
        taken = ", ".join(f"{name}{returned(rows[name].type)} as {name}" for name in names)
        connection = _connection()
        connection.register("its rows", rows)
        text = f'select cast({sql} as {exported(kind)}) as answer from (select {taken} from "its rows")'
        return connection.sql(text).to_arrow_table().column(0).combine_chunks()

    return answer


def agree(engines: tuple[str, ...]) -> None:
    """Fail where a task's process has other engines than whoever asks: what it makes might differ, and nobody would see it."""
    if odd := [mine for mine, theirs in zip(ENGINES, engines, strict=True) if mine != theirs]:
        raise RuntimeError(f"{OTHERWISE} {', '.join(odd)};")


def constant(sql: str) -> Any:
    """What DuckDB says that an expression without columns is."""
    ((value,),) = _connection().sql(f"select {sql}").fetchall()
    return value


def _connection() -> Any:
    if "connection" not in _OPEN:
        import duckdb

        connection = duckdb.connect(":memory:", config={"threads": 1, "autoinstall_known_extensions": False})
        connection.execute("set timezone = 'UTC'")
        _OPEN["connection"] = connection
    return _OPEN["connection"]
