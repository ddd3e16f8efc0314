"""A list of steps -> their tables, up to date: each is built again when its rule, its values or what it is made from change.

What a table was made from is a fingerprint of its SELECT (or its function, with the code that this runs, and settings), of the
values it binds and of the content of the tables it reads. Content is that same fingerprint, as it was when the rows last changed:
what reads a table stands when building it again has changed nothing ("Build systems à la carte", early cutoff: Mokhov, Mitchell
and Peyton Jones 2018). Of a table that is marked `by_content` it is a fingerprint of its rows: there, what it was made from says
more than what it is (the ledger, a model that is learned or given), and a warehouse that is built anew must come to the same.
Temporary tables are made when something
that must be built again reads them.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cxunify.warehouse.code import code_behind
from cxunify.warehouse.connection import LEDGER, Params
from cxunify.warehouse.stage import TEMPORARY, Loop, Stage, Step, quote, tables_of
from cxunify.warehouse.tables import Tables

ENGINES = tuple(
    f"{name} {version(name)}"
    for name in ("anyascii", "duckdb", "numpy", "phonenumbers", "polars", "recordlinkage", "scipy")
)
"""What tables are computed by: another version of one may hash or round otherwise, and everything is built again."""
_TRANSACTION_SECONDS = 1.0
"""What a kill costs at most beside the table that is being made; to commit each of many small tables costs more than making it."""
_Note = tuple[str, str, str, str | None]
"""The name of a table, what it was made from, its content, and a fingerprint of its rows where one was taken."""
UNKNOWN = ""
"""The content of a table that nobody has noted: what reads it is never up to date."""


class Warehouse(Tables):
    """Everything between the extracts and the Parquet, in one file: a thin connection that keeps tables up to date."""

    def run(
        self, steps: Sequence[Step], params: Params | None = None, *, until: str | None = None, afresh: bool = False
    ) -> tuple[str, ...]:
        """Bring the tables of `steps` up to date, in order, as far as the table `until`; return the names of those built.

        `afresh`: build every one of them. A step reads tables of earlier steps, or tables whose content was `note`d. Tables and
        the notes of what they were made from appear together: whatever kills a run, the next one knows what stands.
        """
        plan, built, notes = _Plan(self, steps, params or {}), [], list[_Note]()

        def write_notes() -> None:
            self._note(notes)
            notes.clear()

        with self._transactions() as pause:
            for step in steps:
                if not _is_temporary(step) and (afresh or not plan.stands(step)):
                    plan.fetch_temporary(step)
                    before = None if afresh else plan.rows_before(step)
                    self.build((step,), params)
                    notes.append(plan.made(step, before))
                    built.append(step.table.name)
                    pause(write_notes)
                if step.table.name == until:
                    break
            write_notes()
        return tuple(built)

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
        plan, found = _Plan(self, steps, params or {}), []
        for step in steps:
            if not _is_temporary(step) and not plan.stands(step):
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
        plan = _Plan(self, after, params or {})
        self._note([plan.kept(step) for step in after if step.table.name in stood and not _is_temporary(step)])

    def note(self, name: str, made_from: str, content: str | None = None) -> None:
        """Note what a table was made from, and what it holds where that does not follow from it."""
        if made_from == UNKNOWN:
            self.execute("delete from meta.tables where name = $name", {"name": name})
            return
        self._note([(name, made_from, made_from if content is None else content, None)])

    def _note(self, notes: Sequence[_Note]) -> None:
        """Write notes, all in one statement: to plan it is what costs."""
        if notes:
            names, made_from, contents, rows = zip(*notes, strict=True)
            self.execute(
                "insert or replace into meta.tables by name select unnest($names) as name, unnest($made_from) as made_from,"
                " unnest($contents) as content, unnest($rows) as rows_hash",
                {"names": names, "made_from": made_from, "contents": contents, "rows": rows},
            )

    def noted(self, name: str) -> tuple[str, str]:
        """What was last noted of a table: what it was made from, and its content; UNKNOWN where nothing was."""
        rows = self.rows("select made_from, content from meta.tables where name = $name", {"name": name})
        return rows[0] if rows else (UNKNOWN, UNKNOWN)

    def content(self, table: str) -> str:
        """What a table holds, as a fingerprint; UNKNOWN where nobody has noted it. The ledger is small enough to look."""
        if not table.startswith(f"{LEDGER}."):
            return self.noted(table)[1]
        if table not in self._remembered:
            self._remembered[table] = self.hash_of(table)
        return self._remembered[table]

    def hash_of(self, source: str, params: Params | None = None) -> str:
        """A fingerprint of the rows of a table or parenthesised query, whatever their order."""
        # No column has such a name: `hash(source)` would be the hash of a column `source`, where there is one.
        sql = f"""select count(*) || ' ' || coalesce(sum(hash("its rows")::hugeint), 0) from {source} as "its rows\""""
        return str(self.scalar(sql, params))

    def rows_of(self, table: str) -> str:
        """A fingerprint of the rows of a table and of the types of its columns."""
        return fingerprint(list(self.columns(table).items()), self.hash_of(table))

    def made_from(self, select: str, params: Params | None = None) -> str:
        """What a SELECT over noted tables would make, as a fingerprint; UNKNOWN where the content of one is."""
        contents = {table: self.content(table) for table in tables_of(select)}
        return UNKNOWN if UNKNOWN in contents.values() else fingerprint(select, self._values(select, params), contents)

    def _values(self, select: str, params: Params | None) -> dict[str, str]:
        return {name: str(value) for name, value in (self._used(select, params) or {}).items()}


class _Plan:
    """What the steps of one run would be made from, worked out once each, as the run goes on."""

    def __init__(self, warehouse: Warehouse, steps: Sequence[Step], params: Params) -> None:
        self._warehouse, self._params = warehouse, params
        self._steps = {step.table.name: step for step in steps}
        # A file that is only read may be of a version that took no fingerprints of rows.
        noted = ((*note, None)[:4] for note in warehouse.rows("from meta.tables"))
        self._noted: dict[str, _Note] = {note[0]: note for note in noted}
        self._there = set(warehouse.names())
        self._made: dict[str, str] = {}
        self._contents: dict[str, str] = {}

    def stands(self, step: Step) -> bool:
        """Whether a step's table is there and is what it would be made to be now."""
        made_from = self.made_from(step)
        return (
            made_from != UNKNOWN
            and step.table.name in self._noted
            and self._noted[step.table.name][1] == made_from
            and step.table.name in self._there
        )

    def made_from(self, step: Step) -> str:
        """The fingerprint of what a step makes its table from, now."""
        name = step.table.name
        if name not in self._made:
            contents = {table: self._content(table) for table in step.reads}
            values = self._warehouse._values  # noqa: SLF001 - one module, one thought
            if isinstance(step, Loop):
                rule: Any = (
                    f"{inspect.getmodule(step.function).__name__}.{step.function.__qualname__}",  # type: ignore[union-attr]
                    code_behind(Path(inspect.getfile(step.function))),
                    {key: repr(value) for key, value in step.settings.items()},
                    {key: (select, values(select, self._params)) for key, select in step.inputs.items()},
                )
            else:
                rule = (step.select, step.is_view, {} if step.is_view else values(step.select, self._params))
            unknown = UNKNOWN in contents.values()
            self._made[name] = UNKNOWN if unknown else fingerprint(rule, step.table.types, contents)
        return self._made[name]

    def _content(self, table: str) -> str:
        if table not in self._contents:
            step = self._steps.get(table)
            temporary = step is not None and _is_temporary(step)
            if temporary and step:
                self._contents[table] = self.made_from(step)
            elif table.startswith(f"{LEDGER}."):
                self._contents[table] = self._warehouse.content(table)
            else:
                self._contents[table] = self._noted[table][2] if table in self._noted else UNKNOWN
        return self._contents[table]

    def fetch_temporary(self, step: Step) -> None:
        """Make the temporary tables that a step reads, and those that they read, where they are not as they should be."""
        for table in step.reads:
            needed = self._steps.get(table)
            if needed is None or not _is_temporary(needed):
                continue
            made_from = self.made_from(needed)
            if made_from == UNKNOWN or self._warehouse.temporary.get(table) != made_from:
                self.fetch_temporary(needed)
                self._warehouse.build((needed,), self._params)
                self._warehouse.temporary[table] = made_from

    def rows_before(self, step: Step) -> str | None:
        """A fingerprint of the rows of a step's table before it is made again; None where there is nothing to compare with."""
        name = step.table.name
        if name not in self._noted or name not in self._there or self._warehouse.kind(name) == "view":
            return None
        return self._noted[name][3] or self._warehouse.rows_of(name)

    def made(self, step: Step, before: str | None) -> _Note:
        """A table has just been made: what is to be noted of it. Its content is another, unless its rows are those of `before`."""
        if isinstance(step, Stage) and step.is_view:
            return self._look_again(step, self.made_from(step), None)
        after = self._warehouse.rows_of(step.table.name) if step.by_content or before is not None else None
        if after is not None and step.by_content:
            return self._look_again(step, after, after)
        same = before is not None and after == before
        return self._look_again(step, (same and self._noted[step.table.name][2]) or self.made_from(step), after)

    def kept(self, step: Step) -> _Note:
        """A table stands though what it is made from reads otherwise now: what is to be noted of it."""
        _, _, content, rows = self._noted[step.table.name]
        return self._look_again(step, content, rows)

    def _look_again(self, step: Step, content: str, rows: str | None) -> _Note:
        note = (step.table.name, self.made_from(step), content, rows)
        self._noted[step.table.name] = note
        self._there.add(step.table.name)
        self._contents.pop(step.table.name, None)
        return note

    def doubt(self, step: Step) -> None:
        """Take a table's content for unknown."""
        self._contents[step.table.name] = UNKNOWN


def fingerprint(*parts: Any) -> str:
    """32 hexadecimal digits that stand for these values, and for the engines that compute with them."""
    return hashlib.sha256(json.dumps((ENGINES, *parts), sort_keys=True, default=str).encode()).hexdigest()[:32]


def _is_temporary(step: Step) -> bool:
    return step.table.name.startswith(f"{TEMPORARY}.")
