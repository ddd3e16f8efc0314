"""The DuckDB file that holds everything between the extracts and the Parquet: `Stage` says what a table is, `Warehouse` makes it.

The only module that imports duckdb. It knows no table by name but its own ledgers, `meta.state` and `meta.runs`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from cxunify.errors import ContractError, StorageError

if TYPE_CHECKING:
    import polars as pl

Params = Mapping[str, Any]
Listener = Callable[[str, int, float], None]
"""Told of every table built: its name, its rows, the seconds it took."""


@dataclass(frozen=True)
class Stage:
    """One table and the single SELECT that makes it."""

    table: str
    """Schema and name, such as `identity.features`."""
    select: str
    """One SELECT over real table names; values are bound as `$name`."""
    grain: tuple[str, ...] = ()
    """The columns that identify a row; checked after the build. Empty: not checked (tables of pairs)."""
    meaning: str = ""
    """What one row is, in one sentence; becomes the table's comment."""


def quote(identifier: str) -> str:
    """Quote a column or table name for SQL: the one door through which names from outside enter a statement."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL where a parameter cannot be bound (comments, COPY options)."""
    return "'" + text.replace("'", "''") + "'"


class Warehouse:
    """An open warehouse file (or memory, for tests): a thin, locked-down connection that builds stages."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        listener: Listener | None = None,
        scratch: Path | None = None,
        *,
        read_only: bool = False,
    ) -> None:
        self._connection = connection
        self._listener = listener
        self._scratch = scratch or _memory_scratch()
        self._depth = 0
        if read_only:
            return  # whoever made the file made its ledgers
        self.execute("create schema if not exists meta")
        self.execute(
            "create table if not exists meta.state"
            " (layer varchar primary key, fingerprint varchar not null, run_id varchar not null)"
        )
        self.execute(
            "create table if not exists meta.runs (run_id varchar primary key, command varchar not null,"
            " started_at timestamp not null, ended_at timestamp, outcome varchar)"
        )

    @classmethod
    def open(
        cls,
        path: Path | None = None,
        *,
        memory: str | None = None,
        threads: int | None = None,
        directories: Iterable[Path] = (),
        listener: Listener | None = None,
        read_only: bool = False,
    ) -> Warehouse:
        """Open (or make) the warehouse at `path`, in memory when None.

        `memory` (such as "4GB"; default half of the machine's) and `threads` bound DuckDB; beyond `memory` it spills to a
        folder beside the file. SQL may touch files inside `directories` and the warehouse's own folder only; no
        extension is ever fetched and no setting can be changed afterwards. Raises StorageError.
        """
        settings: dict[str, Any] = {
            "memory_limit": memory or f"{_physical_memory() // 2 // 2**20}MiB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
            "errors_as_json": False,
        }
        if threads:
            settings["threads"] = threads
        if path is not None:
            settings["temp_directory"] = f"{path}.tmp"
        try:
            connection = duckdb.connect(str(path) if path else ":memory:", config=settings, read_only=read_only)
        except duckdb.Error as error:
            raise StorageError(
                f"cannot open the warehouse {path}: {_first_line(error)}",
                "Check the path, the permissions and the free space; another program may hold the file open.",
            ) from error
        scratch = path.resolve().with_name(f"{path.name}.scratch") if path else _memory_scratch()
        allowed = sorted({str(folder.resolve()) for folder in directories} | {str(scratch)})
        connection.execute("set timezone = 'UTC'")
        connection.execute("set preserve_insertion_order = true")
        connection.execute(f"set allowed_directories = [{', '.join(literal(folder) for folder in allowed)}]")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        return cls(connection, listener, scratch, read_only=read_only)

    def close(self) -> None:
        """Close the file; everything committed is on disk."""
        self._connection.close()

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- statements ----------------------------------------------------------------------------------------------

    def execute(self, sql: str, params: Params | None = None) -> None:
        """Run one statement for its effect. Raises StorageError when the disk or the memory is the trouble."""
        self._run(sql, params)

    def rows(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query, as tuples."""
        return self._run(sql, params).fetchall()

    def scalar(self, sql: str, params: Params | None = None) -> Any:
        """The first column of the first row, or None when there is none."""
        rows = self._run(sql, params).fetchall()
        return rows[0][0] if rows else None

    def frame(self, sql: str, params: Params | None = None) -> pl.DataFrame:
        """A query's result as a Polars frame."""
        import polars  # here, and not above: `cxunify --help` should not pay for it

        with self._errors():
            relation = self._connection.sql(sql, params=self._used(sql, params) or {})
            table = polars.from_arrow(relation.to_arrow_table())
        assert isinstance(table, polars.DataFrame)
        return table

    def _run(self, sql: str, params: Params | None) -> duckdb.DuckDBPyConnection:
        with self._errors():
            return self._connection.execute(sql, self._used(sql, params))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn the engine's disk and memory trouble into ours."""
        try:
            yield
        except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
            raise StorageError(
                f"the database could not go on: {_first_line(error)}",
                "Free disk space or raise `limits.memory` in the configuration; nothing was published.",
            ) from error

    def _used(self, sql: str, params: Params | None) -> dict[str, Any] | None:
        """Only the parameters that the statement names: DuckDB refuses surplus ones."""
        if not params:
            return None
        named = self._connection.extract_statements(sql)[0].named_parameters
        return {name: value for name, value in params.items() if name in named}

    def attempt(self, sql: str, params: Params | None = None) -> str | None:
        """Run a statement that may fail on the data it reads: None when it went well, else the kind of trouble.

        Not within a transaction: a failed statement would take it down. The engine's own words are not passed on, because
        they quote the data.
        """
        answer = self.try_rows(sql, params)
        return answer if isinstance(answer, str) else None

    def try_rows(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]] | str:
        """All rows of a query that may fail on the data it reads, or the kind of trouble; see `attempt`."""
        assert self._depth == 0
        try:
            return self._connection.execute(sql, self._used(sql, params)).fetchall()
        except duckdb.OutOfMemoryException as error:
            raise StorageError(
                f"the database could not go on: {_first_line(error)}", "Raise `limits.memory` in the configuration."
            ) from None
        except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException):
            raise  # the statement is wrong, whatever the data
        except duckdb.Error as error:
            words = _first_line(error).lower() if isinstance(error, duckdb.IOException) else ""
            if "no space" in words or "write" in words:
                raise StorageError(
                    f"the database could not go on: {_first_line(error)}", "Free disk space; nothing was published."
                ) from None
            return type(error).__name__

    def append(self, table: str, frame: pl.DataFrame) -> None:
        """Add a Polars frame's rows to a table that has columns of these names."""
        self._connection.register("frame", frame.to_arrow())
        try:
            self.execute(f"insert into {table} by name select * from frame")
        finally:
            self._connection.unregister("frame")

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A private folder that SQL may read, for files of the moment; gone with everything in it afterwards."""
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            yield self._scratch
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    # -- tables --------------------------------------------------------------------------------------------------

    def build(self, stages: Iterable[Stage], params: Params | None = None) -> None:
        """Make each stage's table anew, in order: create, check the grain, comment, tell the listener.

        Each table appears whole or not at all. Raises ContractError when a grain does not hold.
        """
        for stage in stages:
            started = time.perf_counter()
            with self.transaction():
                self._schema_of(stage.table)
                self.execute(f"create or replace table {stage.table} as {stage.select}", params)
                self._seal(stage)
            self._tell(stage.table, started)

    def write(self, stage: Stage, frame: pl.DataFrame) -> None:
        """Make a stage's table from a Polars frame, which its SELECT reads under the name `frame`."""
        started = time.perf_counter()
        with self.transaction():
            self._schema_of(stage.table)
            self._connection.register("frame", frame.to_arrow())
            try:
                self.execute(f"create or replace table {stage.table} as {stage.select or 'select * from frame'}")
            finally:
                self._connection.unregister("frame")
            self._seal(stage)
        self._tell(stage.table, started)

    def _seal(self, stage: Stage) -> None:
        if stage.grain:
            keys = ", ".join(quote(column) for column in stage.grain)
            rows, distinct = self.rows(
                f"select count(*), (select count(*) from (select distinct {keys} from {stage.table})) from {stage.table}"
            )[0]
            if rows != distinct:
                raise ContractError(
                    f"{stage.table} promises one row per ({', '.join(stage.grain)}) and has {rows - distinct} more",
                    "This is a fault of cxunify; please report it with the command and the configuration.",
                )
        if stage.meaning:
            self.execute(f"comment on table {stage.table} is {literal(stage.meaning)}")

    def _tell(self, table: str, started: float) -> None:
        if self._listener:
            self._listener(table, self.scalar(f"select count(*) from {table}"), time.perf_counter() - started)

    def _schema_of(self, table: str) -> None:
        self.execute(f"create schema if not exists {table.split('.')[0]}")

    def exists(self, table: str) -> bool:
        """Whether a table such as `identity.assignments` is there."""
        schema, name = table.split(".")
        sql = "select count(*) from duckdb_tables() where schema_name = $schema and table_name = $name"
        return bool(self.scalar(sql, {"schema": schema, "name": name}))

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table and their DuckDB types, in order; empty when there is no such table."""
        schema, name = table.split(".")
        sql = (
            "select column_name, data_type from duckdb_columns()"
            " where schema_name = $schema and table_name = $name order by column_index"
        )
        return dict(self.rows(sql, {"schema": schema, "name": name}))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; may be nested, in which case the outermost one decides."""
        if self._depth == 0:
            self.execute("begin")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._connection.rollback()
            raise
        self._depth -= 1
        if self._depth == 0:
            self.execute("commit")

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Whatever is built within it is undone at its end: nothing reaches the file."""
        assert self._depth == 0
        self.execute("begin")
        self._depth = 1
        try:
            yield
        finally:
            self._depth = 0
            self._connection.rollback()

    # -- files ---------------------------------------------------------------------------------------------------

    def export(self, select: str, path: Path, options: Sequence[str] = (), params: Params | None = None) -> None:
        """Write a query to a Parquet file or, with `partition_by` among the `options`, to a folder of them."""
        chosen = ", ".join(("format parquet", "compression zstd", *options))
        self.execute(f"copy ({select}) to {literal(str(path))} ({chosen})", params)

    # -- what is up to date --------------------------------------------------------------------------------------

    def fingerprint(self, layer: str) -> str | None:
        """What `remember` last noted for a layer: equal means that its tables are up to date."""
        value: str | None = self.scalar("select fingerprint from meta.state where layer = $layer", {"layer": layer})
        return value

    def remember(self, layer: str, fingerprint: str, run_id: str) -> None:
        """Note that a layer's tables were built from what `fingerprint` stands for."""
        self.execute(
            "insert or replace into meta.state values ($layer, $fingerprint, $run_id)",
            {"layer": layer, "fingerprint": fingerprint, "run_id": run_id},
        )

    @contextmanager
    def recorded(self, run_id: str, command: str) -> Iterator[None]:
        """Note in `meta.runs` that a command begins and how it ends; one that is killed has no end."""
        self.execute(
            "insert into meta.runs values ($run_id, $command, $now, null, null)",
            {"run_id": run_id, "command": command, "now": _now()},
        )
        outcome = "done"
        try:
            yield
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            self.execute(
                "update meta.runs set ended_at = $now, outcome = $outcome where run_id = $run_id",
                {"run_id": run_id, "outcome": outcome, "now": _now()},
            )


def _now() -> datetime:
    """The clock, UTC: for ledgers only, never for what is published about customers."""
    return datetime.now(UTC).replace(tzinfo=None)


def _memory_scratch() -> Path:
    """Where a warehouse without a file may put files of the moment."""
    return Path(tempfile.gettempdir()).resolve() / f"cxunify-{uuid.uuid4().hex}"


def _physical_memory() -> int:
    """Bytes of memory in this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _first_line(error: Exception) -> str:
    """An engine's message without the rows and statements it may quote."""
    return str(error).split("\n", 1)[0][:200]
