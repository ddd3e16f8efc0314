"""a published run -> views of a schema of Spark's catalog, and the tables behind them.

Tables are written first, each under a name of its own, and only where none holds the same files yet. Once all stand, each view is
set to its table: `create or replace view` is one step for whoever reads it, in every catalog. `published`, set last, says in one
row for each table which run it is of and where its rows are: who reads several tables of one run begins there. Then tables go that
no run which is kept has. What fails on the way leaves the views as they were, and tables without a seal, which the next run drops.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cxunify.errors import ConfigError, CxunifyError, StorageError
from cxunify.schema.words import counted
from cxunify.warehouse.spark import complaints
from cxunify.warehouse.view import View

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

POINTER = "published"
"""The view that says where the rows of each table are."""
_TABLE, _RUN, _SEAL = "cxunify.table", "cxunify.run", "cxunify.rows"
"""What views say of themselves, and tables that are whole."""
_OURS = re.compile(r"(\w+__[0-9a-f]{12})_[0-9a-f]{6}")
"""Names of our tables: that of what is published, the beginning of a hash of its files, and which attempt wrote it."""


def show(
    spark: SparkSession, schema: str, run_id: str, views: Sequence[View], kept: Collection[str], runs: Collection[str]
) -> None:
    """Bring a schema to a run; see Warehouse. Raises ConfigError where it shows another project, or has its own such names."""
    try:
        with complaints.telling():
            _Schema(spark, schema).show(run_id, views, kept, runs)
    except ConfigError:
        raise
    except (complaints.SparkFault, CxunifyError) as error:
        told = error.problems[0].what if isinstance(error, CxunifyError) else str(error)
        raise StorageError(
            f"the catalog does not take what was published into {schema}: {told}",
            "The run is published in the folder; the views of the catalog show what they did, and the next run completes them."
            " Look whether that schema is there, whether its catalog knows views, and who may write there.",
        ) from None


class _Schema:
    """A schema of a catalog."""

    def __init__(self, spark: SparkSession, name: str) -> None:
        self._spark, self._name = spark, name
        if not spark.catalog.databaseExists(name):
            self._do(f"create schema if not exists {self._named()}")
        self._views = self._listed("views")
        self._tables = self._listed("tables") - self._views

    def show(self, run_id: str, views: Sequence[View], kept: Collection[str], runs: Collection[str]) -> None:
        """Tables, then views, then what says where they are; then what nobody reads any more goes."""
        before = self._shown([view.name for view in views])
        self._refuse_others(runs)
        tables = {view.name: self._table(view) for view in views}
        replaced = list[View]()
        try:
            for view in views:
                if before.get(view.name) != tables[view.name]:
                    replaced.append(view)
                    self._point(view, tables[view.name], run_id)
            self._tell(run_id, views, tables)
        except BaseException:
            for view in replaced:
                with suppress(Exception):  # it is the first failure that is told
                    self._point_back(view, before.get(view.name), run_id)
            raise
        self._clear(set(tables.values()), {view.name for view in views}, kept)

    def _shown(self, names: Collection[str]) -> dict[str, str]:
        """The tables that our views show. Raises ConfigError where a name of ours is that of something else."""
        found = {name: self._properties(name).get(_TABLE) for name in (*names, POINTER) if name in self._views}
        odd = [name for name in (*names, POINTER) if name in self._tables or (name in found and found[name] is None)]
        if odd:
            raise ConfigError(
                f"{self._name} holds {', '.join(odd)}, which cxunify has not made",
                "Give what is published a schema of its own in `spark.catalog`; nothing there was changed.",
            )
        return {name: table for name, table in found.items() if table}

    def _refuse_others(self, runs: Collection[str]) -> None:
        """Raise ConfigError where what is shown now is none of the `runs` of this project."""
        shown = self._properties(POINTER).get(_RUN) if POINTER in self._views else None
        if shown is not None and shown not in runs:
            raise ConfigError(
                f"{self._name} shows the run {shown} of another project",
                "Give each project a schema of its own in `spark.catalog`; nothing there was changed. If it was shown by this one,"
                f" whose ledger is lost, drop the view {POINTER} there.",
            )

    def _table(self, view: View) -> str:
        """The table that holds the rows of a view: one that stands, or a new one."""
        for name in sorted(self._tables):
            if name.startswith(f"{view.content}_") and self._properties(name).get(_SEAL) == str(view.rows):
                return name
        name = f"{view.content}_{uuid.uuid4().hex[:6]}"
        frame = self._spark.read.parquet(str(view.path)).select(*view.columns)
        columns = ", ".join(f"{_tick(field.name)} {field.dataType.simpleString()}" for field in frame.schema.fields)
        dealt = f" partitioned by ({_tick(view.partition)})" if view.partition else ""
        # Known before it has a row: what fails half-way leaves a table that can be dropped, and no files that nobody knows
        self._do(f"create table {self._named(name)} ({columns}){dealt}")
        self._tables.add(name)
        frame.write.insertInto(f"{self._name}.{name}")
        rows = self._spark.table(self._named(name)).count()
        if rows != view.rows:
            raise StorageError(f"{name} has {rows} of {counted(view.rows, 'row')}", "Publish again.")
        self._do(f"alter table {self._named(name)} set tblproperties ({_pairs({_SEAL: str(rows)})})")
        return name

    def _point(self, view: View, table: str, run_id: str) -> None:
        names = self._spark.table(self._named(table)).columns
        columns = ", ".join(f"{_tick(name)} comment {_text(view.columns.get(name, ''))}" for name in names)
        self._view(view.name, columns, view.meaning, {_TABLE: table, _RUN: run_id}, f"table {self._named(table)}")

    def _point_back(self, view: View, table: str | None, run_id: str) -> None:
        if table is None:
            self._do(f"drop view if exists {self._named(view.name)}")
        else:
            self._point(view, table, run_id)

    def _tell(self, run_id: str, views: Sequence[View], tables: Mapping[str, str]) -> None:
        rows = ", ".join(
            f"({_text(run_id)}, {_text(view.name)}, {_text(tables[view.name])}, {view.rows}L)" for view in views
        )
        names = {
            "run_id": "The run that is shown.", "table_name": "A published table.", "stands_in": "The table that holds its rows.",
            "rows": "How many.",
        }  # fmt: skip
        columns = ", ".join(f"{_tick(name)} comment {_text(meaning)}" for name, meaning in names.items())
        meaning = "One row per published table: of which run it is, and where its rows are. All of it changes at once."
        self._view(POINTER, columns, meaning, {_TABLE: POINTER, _RUN: run_id}, f"values {rows}")

    def _view(self, name: str, columns: str, meaning: str, said: Mapping[str, str], select: str) -> None:
        self._do(
            f"create or replace view {self._named(name)} ({columns}) comment {_text(meaning)} tblproperties ({_pairs(said)})"
            f" as {select}"
        )
        self._views.add(name)

    def _clear(self, shown: Collection[str], names: Collection[str], kept: Collection[str]) -> None:
        """Drop what is ours and shown by nobody: views of tables that are no longer published, tables of no run that is kept."""
        for name in sorted(self._views - {*names, POINTER}):
            if _TABLE in self._properties(name):
                self._do(f"drop view if exists {self._named(name)}")
        contents = {match[1] for name in shown if (match := _OURS.fullmatch(name))}
        for name in sorted(self._tables - set(shown)):
            match = _OURS.fullmatch(name)
            if match and (match[1] not in kept or match[1] in contents):
                self._drop(name)

    def _drop(self, name: str) -> None:
        """Drop a table and its files; where a catalog cannot be told to keep none, as it does by itself."""
        try:
            self._do(f"drop table if exists {self._named(name)} purge")
        except Exception:  # noqa: BLE001 - each catalog says it otherwise
            self._do(f"drop table if exists {self._named(name)}")

    def _listed(self, kind: str) -> set[str]:
        rows = self._spark.sql(f"show {kind} in {self._named()}").collect()
        return {str(row[1]) for row in rows if not row["isTemporary"]}

    def _properties(self, name: str) -> dict[str, str]:
        return {str(row[0]): str(row[1]) for row in self._do(f"show tblproperties {self._named(name)}")}

    def _named(self, name: str = "") -> str:
        return ".".join(_tick(part) for part in (*self._name.split("."), *([name] if name else [])))

    def _do(self, statement: str) -> list[Any]:
        return self._spark.sql(statement).collect()


def _tick(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _pairs(pairs: Mapping[str, str]) -> str:
    return ", ".join(f"{_text(name)} = {_text(value)}" for name, value in pairs.items())
