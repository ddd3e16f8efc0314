"""Stages become tables: each whole or not at all, its grain checked; and what is known of runs and of what is up to date.

Knows no table by name but its own ledgers, `meta.state` and `meta.runs`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cxunify.errors import ContractError
from cxunify.warehouse.connection import Connection, Params
from cxunify.warehouse.stage import TEMPORARY, Stage, literal, quote

if TYPE_CHECKING:
    import polars as pl


class Warehouse(Connection):
    """Everything between the extracts and the Parquet, in one file: a thin connection that builds stages."""

    def _prepare(self) -> None:
        self.execute("create schema if not exists meta")
        self.execute(
            "create table if not exists meta.state"
            " (layer varchar primary key, fingerprint varchar not null, run_id varchar not null)"
        )
        self.execute(
            "create table if not exists meta.runs (run_id varchar primary key, command varchar not null,"
            " started_at timestamp not null, ended_at timestamp, outcome varchar)"
        )

    def build(self, stages: Iterable[Stage], params: Params | None = None) -> None:
        """Make each stage's table anew, in order: create, check the grain, comment, tell the listener.

        Each table appears whole or not at all. Raises ContractError when a grain does not hold.
        """
        for stage in stages:
            started = time.perf_counter()
            with self.transaction():
                self.execute(f"{self._creation(stage)} as {stage.select}", params)
                self._seal(stage)
            self._tell(stage.table, started)

    def write(self, stage: Stage, frame: pl.DataFrame) -> None:
        """Make a stage's table from a Polars frame, which its SELECT reads under the name `frame`."""
        started = time.perf_counter()
        with self.transaction():
            self._connection.register("frame", frame.to_arrow())
            try:
                self.execute(f"{self._creation(stage)} as {stage.select or 'select * from frame'}")
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

    def _creation(self, stage: Stage) -> str:
        """The statement that makes a stage's table, up to its SELECT."""
        schema, name = stage.table.split(".", maxsplit=1)
        if schema == TEMPORARY:
            return f"create or replace temp table {name}"
        self.execute(f"create schema if not exists {schema}")
        return f"create or replace table {stage.table}"

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
