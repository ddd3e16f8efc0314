"""An open DuckDB file: locked down, its statements, its transactions. Beside it, only `apart` imports duckdb."""

from __future__ import annotations

import re
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb

from cxunify import trouble
from cxunify.errors import DamageError, StorageError
from cxunify.warehouse.bounds import bounds, spilling
from cxunify.warehouse.catalog import EVERYTHING, Catalog
from cxunify.warehouse.stage import TEMPORARY, literal, parameters_of, pattern, quote

if TYPE_CHECKING:
    import polars as pl

WAREHOUSE, LEDGER = "warehouse", "ledger"
"""The two databases: what can be built again, and what cannot."""
_READS = re.compile(r"\s*(?:select|from|with)\b", re.IGNORECASE)
"""How a statement begins that changes nothing."""
Params = Mapping[str, Any]
Listener = Callable[[str, int, float, bool], None]
"""Told of every table made: its name, its rows, the seconds it took, and whether only what is touched of it was made again."""


class Connection:
    """An open file (or memory, for tests) that runs statements and reaches no file it was not given."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        listener: Listener | None = None,
        scratch: Path | None = None,
    ) -> None:
        self._connection = connection
        self._listener = listener
        self.may_grow = False
        """Whether people have left it to us how much memory the engine has."""
        self._scratch = scratch or _memory_scratch()
        self._scratched = 0
        self._depth = 0
        self._catalog = Catalog(self._listed)
        self.temporary: dict[str, str] = {}
        """The temporary tables that are there, and what each was made from."""
        self._remembered: dict[str, str] = {}
        """Of tables of the ledger that were looked at since something was last written there: what they hold."""

    @classmethod
    def open(
        cls,
        path: Path | None = None,
        *,
        ledger: Path | None = None,
        memory: str | None = None,
        threads: int | None = None,
        disk: str | None = None,
        directories: Iterable[Path] = (),
        listener: Listener | None = None,
        read_only: bool = False,
    ) -> Self:
        """Open (or make) the warehouse at `path` and, as the schema `ledger`, the memory at `ledger`; in memory when None.

        `memory` (such as "4GB"), `threads` and `disk` bound DuckDB, see `bounds`; beyond `memory` it spills to a folder beside
        the file, and no more than `disk`. SQL may touch files inside `directories` and the warehouse's own `.scratch` only (the
        engine lets nobody take that back); no extension is ever fetched. Raises StorageError.
        """
        scratch = path.resolve().with_name(f"{path.name}.scratch") if path else _memory_scratch()
        settings: dict[str, Any] = {
            **bounds(spill := Path(f"{path or scratch}.tmp"), memory, threads),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
            "errors_as_json": False,
        }
        connection = duckdb.connect(":memory:", config=settings)
        connection.execute(spilling(spill, disk))
        # Attached under names of their own: whatever the files are called, `staging.records` is one thing.
        for name, file in ((WAREHOUSE, path), (LEDGER, ledger)):
            _attach(connection, name, file, read_only=read_only)
        connection.execute(f"use {WAREHOUSE}")
        folders = {folder.resolve() for folder in directories} | {scratch}
        allowed = sorted({name for folder in folders for name in (str(folder), pattern(folder))})
        connection.execute("set timezone = 'UTC'")
        connection.execute("set preserve_insertion_order = true")
        connection.execute(f"set allowed_directories = [{', '.join(literal(folder) for folder in allowed)}]")
        connection.execute("set enable_external_access = false")
        opened = cls(connection, listener, scratch)
        opened.may_grow = memory is None
        if not read_only:  # else whoever made the file has prepared it
            opened._prepare()
        return opened

    def _prepare(self) -> None:
        """Make what every file has."""

    def close(self) -> None:
        """Close the file; everything committed is on disk."""
        with self._errors():
            self._connection.close()

    def __enter__(self) -> Self:
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

    def dicts(self, sql: str, params: Params | None = None) -> list[dict[str, Any]]:
        """All rows of a query, by column name: for a few rows, without the third of a second that Polars takes to load."""
        answer = self._run(sql, params)
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

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
            answer = self._connection.execute(sql, self._used(sql, params))
        self._catalog.follow(sql)
        if f"{LEDGER}." in sql and not _READS.match(sql):
            self._remembered.clear()
        return answer

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn the engine's disk and memory trouble into ours."""
        try:
            yield
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
            if "out of range" not in str(error).lower():
                raise
            raise trouble.too_large() from None
        except duckdb.Error as error:
            found = trouble.of(error)
            if found is None and not isinstance(error, duckdb.IOException):
                raise
            more = "Free disk space and run the command again; nothing was published."
            raise found or StorageError(f"the database could not go on: {_first_line(error)}", more) from error

    def _used(self, sql: str, params: Params | None) -> dict[str, Any] | None:
        """Only the parameters that the statement names: DuckDB refuses surplus ones."""
        if not params or "$" not in sql:
            return None
        named = parameters_of(sql)
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
            found = self._connection.execute(sql, self._used(sql, params)).fetchall()
        except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException):
            raise  # the statement is wrong, whatever the data
        except duckdb.Error as error:
            if isinstance(told := trouble.of(error), StorageError):
                raise told from None
            return type(error).__name__
        self._catalog.follow(sql)
        return found

    def _listed(self) -> list[tuple[str, str]]:
        """Every table and view of the two databases and of the moment, as the engine lists them."""
        return self.rows(EVERYTHING, {"warehouse": WAREHOUSE, "ledger": LEDGER, "temp": TEMPORARY})

    def exists(self, table: str) -> bool:
        """Whether a table or view such as `identity.assignments` is there."""
        return self.kind(table) is not None

    def kind(self, name: str) -> str | None:
        """Whether a name such as `identity.assignments` is that of a table or of a view; None when it is of neither."""
        return self._catalog.kinds.get(name)

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table and their DuckDB types, in order; empty when there is no such table."""
        if not self.exists(table):
            return {}
        schema, _, name = table.partition(".")
        database = f"{schema}.main" if schema in {LEDGER, TEMPORARY} else f"{WAREHOUSE}.{schema}"
        named = {"table": f"{database}.{quote(name)}"}
        return dict(self.rows("select name, type from pragma_table_info($table)", named))

    # -- transactions and files of the moment ------------------------------------------------------------------------

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
                self._undo()
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
            self._undo()

    def _undo(self) -> None:
        """Roll back. Temporary tables of the transaction are gone with it, and it is not worth knowing which."""
        with suppress(duckdb.Error):  # whose disk has failed takes nothing back by itself: it was never written
            self._connection.rollback()
        self._catalog.forget()
        self._remembered.clear()
        self.temporary.clear()

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A private folder that SQL may read, for files of the moment; gone with everything in it after the outermost use."""
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._scratched += 1
        try:
            yield self._scratch
        finally:
            self._scratched -= 1
            if not self._scratched:
                shutil.rmtree(self._scratch, ignore_errors=True)


def _attach(connection: duckdb.DuckDBPyConnection, name: str, path: Path | None, *, read_only: bool) -> None:
    """Make a file (or memory) known under a name. A ledger that is only read and not there yet is an empty one."""
    if path is None or (read_only and name == LEDGER and not path.exists()):
        connection.execute(f"attach ':memory:' as {name}")
        return
    try:
        connection.execute(f"attach {literal(str(path))} as {name}{' (read_only)' if read_only else ''}")
    except duckdb.Error as error:
        if trouble.is_in_the_way(path, error):
            raise StorageError(
                f"cannot open the {name} {path}: {_first_line(error)}",
                "Check the path, the permissions and the free space; another program may hold the file open.",
            ) from error
        raise DamageError(f"the {name} {path} is damaged: it cannot be opened", trouble.DAMAGED_FIX) from error


def _memory_scratch() -> Path:
    """Where a warehouse without a file may put files of the moment."""
    return Path(tempfile.gettempdir()).resolve() / f"cxunify-{uuid.uuid4().hex}"


def _first_line(error: Exception) -> str:
    """An engine's message without the rows and statements it may quote."""
    return str(error).split("\n", 1)[0][:200]
