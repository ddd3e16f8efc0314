"""A step becomes its table: whole or not at all, its contract and its grain checked; and what is known of runs.

Knows no table by name but its own: `meta.tables` and `meta.runs`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cxunify.errors import ContractError
from cxunify.schema.table import Table
from cxunify.warehouse.connection import LEDGER, Connection, Params
from cxunify.warehouse.stage import TEMPORARY, Loop, Stage, Step, literal, quote

if TYPE_CHECKING:
    import polars as pl

_FAULT = "This is a fault of cxunify; please report it with the command and the configuration."


class Tables(Connection):
    """A connection that makes tables."""

    def _prepare(self) -> None:
        self.execute("create schema if not exists meta")
        self.execute("drop table if exists meta.state")  # of versions that knew what stands by layer only
        self.execute(
            "create table if not exists meta.tables"
            " (name varchar primary key, made_from varchar not null, content varchar not null)"
        )
        self.execute("alter table meta.tables add column if not exists rows_hash varchar")
        self.execute(
            "create table if not exists meta.runs (run_id varchar primary key, command varchar not null,"
            " started_at timestamp not null, ended_at timestamp, outcome varchar)"
        )

    def build(self, steps: Iterable[Step], params: Params | None = None) -> None:
        """Make each step's table anew, in order: create, check contract and grain (of a view: neither), comment, tell the listener.

        Each table appears whole or not at all. Raises ContractError when a contract or a grain does not hold.
        """
        for step in steps:
            started = time.perf_counter()
            with self.transaction():
                self._make(step, params)
                if not (isinstance(step, Stage) and step.is_view):
                    self._seal(step.table)
            if not (isinstance(step, Stage) and step.is_view):
                self._tell(step.table.name, started)

    def write(self, table: Table, frame: pl.DataFrame) -> None:
        """Make a table from a Polars frame."""
        started = time.perf_counter()
        with self.transaction():
            self._write(table, frame)
            self._seal(table)
        self._tell(table.name, started)

    @contextmanager
    def replaced(self, table: Table) -> Iterator[None]:
        """While some rows of a table are made and take the place of others: all or nothing, contract and grain checked."""
        started = time.perf_counter()
        with self.transaction():
            yield
            self._seal(table)
        self._tell(table.name, started, in_part=True)

    def names(self) -> list[str]:
        """The tables and views of the warehouse, each with its schema in front."""
        return [name for name in self._catalog.kinds if name.split(".")[0] not in {LEDGER, TEMPORARY}]

    def _make(self, step: Step, params: Params | None) -> None:
        """Make a step's rows and put them into its table: what an engine is."""
        if isinstance(step, Loop):
            frames = {name: self.frame(select, params) for name, select in step.inputs.items()}
            self._write(step.table, step.function(**frames, **step.settings))
        else:
            self._create(step, params)

    def _create(self, stage: Stage, params: Params | None) -> None:
        kind = "view" if stage.is_view else "table"
        if not stage.table.name.startswith(f"{TEMPORARY}.") and self.kind(stage.table.name) not in {None, kind}:
            self.execute(f"drop {self.kind(stage.table.name)} {stage.table.name}")  # an earlier version made it
        if stage.is_view:
            self.execute(f"create or replace view {self._named(stage.table)} as {stage.select}")
        else:
            self.execute(f"{self._creation(stage.table)} as {stage.select}", params)

    def _write(self, table: Table, frame: pl.DataFrame) -> None:
        self._connection.register("frame", frame.to_arrow())
        try:
            select = "select * from frame" if table.is_private else table.select("frame")
            self.execute(f"{self._creation(table)} as {select}")
        finally:
            self._connection.unregister("frame")

    def _seal(self, table: Table) -> None:
        """Hold a table that was just made to its contract and its grain, and describe it."""
        if not table.is_private and list((found := self.columns(table.name)).items()) != list(table.types.items()):
            odd = [name for name in {**table.types, **found} if table.types.get(name) != found.get(name)]
            words = ", ".join(f"{name} {found.get(name, 'missing')}" for name in odd) or "another order of columns"
            raise ContractError(f"{table.name} is not as its contract says: {words}", _FAULT)
        if table.grain:
            keys = ", ".join(quote(column) for column in table.grain)
            rows, distinct = self.rows(
                f"select count(*), (select count(*) from (select distinct {keys} from {table.name})) from {table.name}"
            )[0]
            if rows != distinct:
                raise ContractError(
                    f"{table.name} promises one row per ({', '.join(table.grain)}) and has {rows - distinct} more",
                    _FAULT,
                )
        self.execute(f"comment on {self.kind(table.name)} {table.name} is {literal(table.meaning)}")

    def _tell(self, table: str, started: float, *, in_part: bool = False) -> None:
        """Tell the listener of a table that is made since `started`, by the clock of `perf_counter`."""
        if self._listener:
            rows = self.scalar(f"select count(*) from {table}")
            self._listener(table, rows, time.perf_counter() - started, in_part)

    def _creation(self, table: Table) -> str:
        """The statement that makes a table, up to its SELECT."""
        if table.name.startswith(f"{TEMPORARY}."):
            return f"create or replace temp table {table.name.removeprefix(f'{TEMPORARY}.')}"
        return f"create or replace table {self._named(table)}"

    def _named(self, table: Table) -> str:
        """A table's name, its schema made where there is none."""
        schema = table.name.split(".", maxsplit=1)[0]
        if schema not in self._catalog.schemas:
            self.execute(f"create schema if not exists {schema}")
        return table.name

    def append(self, table: str, frame: pl.DataFrame) -> None:
        """Add a Polars frame's rows to a table that has columns of these names."""
        self._connection.register("frame", frame.to_arrow())
        try:
            self.execute(f"insert into {table} by name select * from frame")
        finally:
            self._connection.unregister("frame")

    # -- files ---------------------------------------------------------------------------------------------------

    def export(self, select: str, path: Path, options: Sequence[str] = (), params: Params | None = None) -> None:
        """Write a query to a Parquet file or, with `partition_by` among the `options`, to a folder of them."""
        chosen = ", ".join(("format parquet", "compression zstd", *options))
        self.execute(f"copy ({select}) to {literal(str(path))} ({chosen})", params)

    # -- runs ----------------------------------------------------------------------------------------------------

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
    """The clock, UTC: for the log of runs only, never for what is published about customers."""
    return datetime.now(UTC).replace(tzinfo=None)
