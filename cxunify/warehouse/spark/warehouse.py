"""Steps of `identity` and `profile` -> their tables, worked out by Spark; files read and written by its tasks; all else as ever.

What a step reads is handed to Spark as Parquet, written once; what it makes Spark writes to a folder of its own, and the warehouse
takes it in one transaction: its types, its contract and its grain are checked there, as on one machine. Tables of the moment stay
folders. Where a folder is gone, or a table was changed by others, it is handed over again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from sqlglot import exp

from cxunify.config import Spark
from cxunify.warehouse.connection import Params
from cxunify.warehouse.export import Export
from cxunify.warehouse.runner import Warehouse
from cxunify.warehouse.spark import catalog, complaints, dialect, export, number, session, split, tasks
from cxunify.warehouse.spark.answers import answering
from cxunify.warehouse.spark.folders import Folders, rows
from cxunify.warehouse.spark.kinds import spark_type
from cxunify.warehouse.stage import TEMPORARY, Loop, Stage, Step
from cxunify.warehouse.view import View

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SPREAD = ("identity", "profile")
"""The schemas whose tables Spark makes; the tables of the moment that these need besides."""
AT_ONCE = 1_000_000
"""Rows that are numbered in one task, and ties that one task looks through; beyond, they are dealt out."""
RANGES = 64
"""In how many ranges rows are numbered at most: their bounds are collected, and stand in the SELECT."""

WORTH = 100_000
"""Rows of a table of which a file is worth a task."""
_ROOMS = ".tasks"
"""Where tasks write, beside the files that they make."""


class SparkWarehouse(Warehouse):
    """A warehouse whose large tables Spark makes. Where nothing is to be made, Spark is not started."""

    settings = Spark()
    narrows = False
    at_once = AT_ONCE
    worth = WORTH
    _session: SparkSession | None = None
    _spreads = False

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._folders = Folders(self)
        self._answers: set[str] = set()

    def close(self) -> None:
        """Close the file; what was handed to Spark is removed."""
        if self._session is not None and self._owned:
            with suppress(Exception):  # of one that has ended by itself, that was told
                self._session.stop()
        self._session = None
        self._folders.close()
        super().close()

    def run(self, steps: Sequence[Step], *args: Any, **named: Any) -> tuple[str, ...]:
        """Bring the tables of `steps` up to date; see Warehouse."""
        self._spreads = any(step.table.name.startswith(tuple(f"{schema}." for schema in SPREAD)) for step in steps)
        self._folders.look_again()
        try:
            built = super().run(steps, *args, **named)
        finally:
            self._spreads = False
        self._folders.settle()
        return built

    def dealt(self, work: Callable[[Any, Path], None], jobs: Sequence[Any]) -> list[Path] | None:
        """Have Spark's tasks do the jobs, one each; of a single one there is nothing to be dealt out."""
        if len(jobs) < 2:
            return None
        with complaints.telling():
            session.said(self.spark, "ingest")
            folder = self._folders.room()
            folder.mkdir(mode=0o700)
            return tasks.done(self.spark, work, jobs, folder)

    def export_all(self, exports: Sequence[Export], folder: Path) -> None:
        """Have Spark's tasks write the files of large tables that it has the rows of; this machine writes all others."""
        self._folders.look_again()
        jobs = [job for one in exports if (job := export.job(self, self._folders, one, self.worth))]
        if jobs:
            (rooms := folder / _ROOMS).mkdir(mode=0o700)
            with complaints.telling():
                session.said(self.spark, "publish")
                done = tasks.done(self.spark, export.write, jobs, rooms)
            for job, room in zip(jobs, done, strict=True):
                if (room / export.FILE).exists():
                    (room / export.FILE).replace(job.export.path)
            shutil.rmtree(rooms)
        super().export_all([one for one in exports if not one.path.exists()], folder)

    def show(self, run_id: str, views: Sequence[View], kept: Collection[str], runs: Collection[str]) -> None:
        """Show a published run in the catalog that is named, if one is; see Warehouse."""
        if self.settings.catalog is not None:
            with complaints.telling():
                session.said(self.spark, "publish")
            catalog.show(self.spark, self.settings.catalog, run_id, views, kept, runs)

    def _undo(self) -> None:
        super()._undo()
        self._folders.clear()

    def _make(self, step: Step, params: Params | None) -> None:
        """Spark makes what grows with the data: not views, nor lists, nor what a loop makes of counted patterns."""
        if (
            not self._spreads
            or not step.reads
            or (isinstance(step, Stage) and step.is_view)
            or (isinstance(step, Loop) and step.split is None)
        ):
            super()._make(step, params)
            self._folders.forget(step.table.name)
            return
        with complaints.telling():
            session.said(self.spark, step.table.name)
            frame = self._looped(step, params) if isinstance(step, Loop) else self._selected(step.select, params)
            place = self._written(frame)
        self._taken(step, place, self._types(step, params))
        self._folders.put(step.table.name, place)

    # -- rows out of Spark ---------------------------------------------------------------------------------------------

    def _selected(self, select: str, params: Params | None) -> DataFrame:
        """The rows of a SELECT, in Spark, with the types that DuckDB gives them."""
        tree = dialect.parsed(select, params)
        kinds = self._described(dialect.in_duckdb(tree))
        said = dialect.said(tree, self._place)
        for name, answer in said.answers.items():
            self._register(name, answer)
        numbered = number.numbered(said.tree, self._few, min(self._parts(), RANGES), self.at_once)
        frame = self.spark.sql(dialect.text(numbered))
        return frame.selectExpr(
            *(f"cast({_tick(name)} as {spark_type(kind)}) as {_tick(name)}" for name, kind in kinds.items())
        )

    def _looped(self, loop: Loop, params: Params | None) -> DataFrame:
        """The rows that a loop makes, part by part."""
        assert loop.split is not None
        frames, orders, empty = {}, {}, self._empty(loop, params)
        for name, select in loop.inputs.items():
            tree = dialect.parsed(select, params)
            order = tree.args.get("order")
            orders[name] = tuple(part.this.name for part in order.expressions) if order else ()
            tree.set("order", None)
            frames[name] = self._selected(dialect.in_duckdb(tree), None)
        function = partial(loop.function, **loop.settings)
        return split.worked(
            self.spark, loop.split, frames, orders, function, empty, self._written_out, self._parts(), self.at_once
        )

    def _parts(self) -> int:
        """Into how many parts rows are dealt."""
        return max(8, int(self.spark.conf.get("spark.sql.shuffle.partitions") or 8))

    def _few(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Rows that are collected: bounds, and sizes of ranges."""
        return [tuple(row) for row in self.spark.sql(dialect.text(query)).collect()]

    def _register(self, name: str, answer: dialect.Answer) -> None:
        if name in self._answers:
            return
        from pyspark.sql.pandas.functions import arrow_udf

        function = answering(answer.sql, answer.arguments, answer.type)
        self.spark.udf.register(name, arrow_udf(function, spark_type(answer.type)))  # type: ignore[call-overload]
        self._answers.add(name)

    def _described(self, select: str) -> dict[str, str]:
        """The columns that a SELECT has, and their DuckDB types."""
        return {str(name): str(kind) for name, kind, *_ in self.rows(f"describe {select}")}

    # -- folders between the two ---------------------------------------------------------------------------------------

    def _written(self, frame: DataFrame) -> Path:
        """Write rows to a folder of their own: there whole, or the step has failed."""
        place = self._folders.room()
        frame.write.parquet(str(place))
        return place

    def _written_out(self, frame: DataFrame) -> DataFrame:
        return self.spark.read.parquet(str(self._written(frame)))

    def _taken(self, step: Step, place: Path, kinds: dict[str, str]) -> None:
        """Make a table of what lies in a folder; of a table of the moment, a view of the folder."""
        table = step.table
        select = rows(place, kinds)
        if table.name.startswith(f"{TEMPORARY}."):
            name = table.name.partition(".")[2]
            self.execute(f"create or replace temp view {name} as {select}")
        else:
            self._create(Stage(table, select), None)

    def _types(self, step: Step, params: Params | None) -> dict[str, str]:
        """The columns of a step's table and their DuckDB types, as one machine would make them."""
        if isinstance(step, Stage):
            return self._described(dialect.in_duckdb(dialect.parsed(step.select, params)))
        if not step.table.is_private:
            return step.table.types
        return self._types_of(step.function(**self._empty(step, params), **step.settings))

    def _empty(self, loop: Loop, params: Params | None) -> dict[str, pl.DataFrame]:
        """What a loop reads, without its rows."""
        return {name: self.frame(f"select * from ({select}) limit 0", params) for name, select in loop.inputs.items()}

    def _types_of(self, frame: pl.DataFrame) -> dict[str, str]:
        self._connection.register("frame", frame.to_arrow())
        try:
            return self._described("select * from frame")
        finally:
            self._connection.unregister("frame")

    def _place(self, table: str) -> str:
        """What Spark calls a table, which is handed over where it was not."""
        folder = self._folders.of(table)
        name = f"{table.replace('.', '__')}__{folder.name}"
        if not self.spark.catalog.tableExists(name):
            self.spark.read.parquet(str(folder)).createOrReplaceTempView(name)
        return name

    @property
    def spark(self) -> SparkSession:
        """The session, started when it is first needed."""
        if self._session is None:
            from pyspark.sql import SparkSession

            self._owned = SparkSession.getActiveSession() is None
            self._session = session.started(self.settings, self._folders.scratch())
        return self._session


def _tick(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
