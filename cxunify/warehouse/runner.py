"""A list of steps -> their tables, up to date: each is built again when its rule, its values or what it is made from change.

What a table was made from is a fingerprint of its SELECT (or its function, with the code that this runs, and settings), of the
values it binds and of the content of the tables it reads. Content is that same fingerprint, as it was when the rows last changed:
what reads a table stands when building it again has changed nothing ("Build systems à la carte", early cutoff: Mokhov, Mitchell
and Peyton Jones 2018). Of a table that is marked `by_content` it is a fingerprint of its rows: there, what it was made from says
more than what it is (the ledger, a model that is learned or given), and a warehouse that is built anew must come to the same.
Temporary tables are made when something that must be built again reads them. Of a table whose rows fall into parts only those are
made again that are touched, where that is known: `narrow`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cxunify.warehouse.connection import Params
from cxunify.warehouse.export import Export
from cxunify.warehouse.fingerprint import UNKNOWN
from cxunify.warehouse.notes import Note, Notes
from cxunify.warehouse.plan import Plan, is_temporary
from cxunify.warehouse.stage import Step, quote
from cxunify.warehouse.view import View

_TRANSACTION_SECONDS = 1.0
"""What a kill costs at most beside the table that is being made; to commit each of many small tables costs more than making it."""


class Warehouse(Notes):
    """Everything between the extracts and the Parquet, in one file: a thin connection that keeps tables up to date."""

    def run(
        self, steps: Sequence[Step], params: Params | None = None, *, until: str | None = None, afresh: bool = False
    ) -> tuple[str, ...]:
        """Bring the tables of `steps` up to date, in order, as far as the table `until`; return the names of those built.

        `afresh`: build every one of them. A step reads tables of earlier steps, or tables whose content was `note`d. Tables and
        the notes of what they were made from appear together: whatever kills a run, the next one knows what stands.
        """
        plan, built, notes = Plan(self, steps, params or {}), [], list[Note]()

        def write_notes() -> None:
            self.write_notes(notes)
            notes.clear()

        with self._transactions() as pause:
            for step in steps:
                if not is_temporary(step) and (afresh or not plan.stands(step)):
                    plan.fetch_temporary(step)
                    notes.append(plan.make(step, afresh=afresh))
                    built.append(step.table.name)
                    pause(write_notes)
                if step.table.name == until:
                    break
            write_notes()
        return tuple(built)

    def dealt(self, work: Callable[[Any, Path], None], jobs: Sequence[Any]) -> list[Path] | None:
        """Have tasks do the `jobs`: the folder of each, in their order, with what `work`, told both, has left there.

        None: this engine has no tasks, or it is not worth their while. The folders are gone with the warehouse at the latest.
        """
        del work, jobs
        return None

    def export_all(self, exports: Sequence[Export], folder: Path) -> None:
        """Write Parquet files below `folder`, which is theirs alone; an engine that has tasks has them write the large ones."""
        del folder
        for one in exports:
            self.export(one.select, one.path, one.options, one.params)

    def show(self, run_id: str, views: Sequence[View], kept: Collection[str], runs: Collection[str]) -> None:
        """Show a published run in the catalog that the configuration names; an engine without one has nothing to do.

        `kept`: how names of tables begin that stand for readers who have begun; `runs`: those of this project, one of which is
        shown until now. Raises StorageError with the old views standing.
        """
        del run_id, views, kept, runs

    @contextmanager
    def _transactions(self) -> Iterator[Callable[[Callable[[], None]], None]]:
        """One transaction after another.

        What it gives is called where one may end: it does what it is told first and commits, where a second has gone by since
        the last time. Within another transaction that one decides, and it does nothing.
        """
        began = time.monotonic()

        def pause(last: Callable[[], None]) -> None:
            nonlocal began
            if self._depth == 1 and time.monotonic() - began >= _TRANSACTION_SECONDS:
                last()
                self.execute("commit")
                self.execute("begin")
                began = time.monotonic()

        with self.transaction():
            yield pause

    def sweep(self, schema: str, kept: Collection[str]) -> None:
        """Drop what a schema holds beside the tables that are `kept`: other versions and settings made it, and nobody reads it."""
        for name in self.names():
            if name.split(".")[0] == schema and name not in kept:
                self.execute(f"drop {self.kind(name)} {schema}.{quote(name.partition('.')[2])} cascade")
                self.note(name, UNKNOWN)

    def stale(self, steps: Sequence[Step], params: Params | None = None) -> tuple[str, ...]:
        """The tables that `run` would build again, as far as that can be told without building any."""
        plan, found = Plan(self, steps, params or {}), []
        for step in steps:
            if not is_temporary(step) and not plan.stands(step):
                plan.doubt(step)
                found.append(step.table.name)
        return tuple(found)

    @contextmanager
    def settling(self, steps: Callable[[], Sequence[Step]], params: Params | None = None) -> Iterator[None]:
        """While the ledger is given what these tables say already: those that stood before still stand afterwards.

        `steps` is asked before and after, since what the ledger holds may be among the settings of a step.
        """
        before = steps()
        stood = {step.table.name for step in before} - set(self.stale(before, params))
        yield
        after = steps()
        plan = Plan(self, after, params or {})
        self.write_notes([plan.kept(step) for step in after if step.table.name in stood and not is_temporary(step)])
