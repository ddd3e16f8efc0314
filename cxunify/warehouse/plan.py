"""The steps of one run -> which of their tables stand, and the others made: what is touched of them, or the whole."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cxunify.warehouse.code import code_behind
from cxunify.warehouse.connection import LEDGER, Params
from cxunify.warehouse.fingerprint import UNKNOWN, fingerprint
from cxunify.warehouse.narrow import Change, narrow, rebuild
from cxunify.warehouse.notes import Note, Notes
from cxunify.warehouse.stage import TEMPORARY, Loop, Parts, Stage, Step


class Plan:
    """What the steps of one run would be made from, worked out once each, as the run goes on."""

    def __init__(self, warehouse: Notes, steps: Sequence[Step], params: Params) -> None:
        self._warehouse, self._params = warehouse, params
        self._steps = {step.table.name: step for step in steps}
        # A file that is only read may be of a version that took no fingerprints of rows.
        noted = ((*note, None)[:4] for note in warehouse.rows("from meta.tables"))
        self._noted: dict[str, Note] = {note[0]: note for note in noted}
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
            self._made[name] = self._fingerprint(step, {table: self._content(table) for table in step.reads})
        return self._made[name]

    def _fingerprint(self, step: Step, contents: dict[str, str]) -> str:
        """What a step makes its table from, if these are the contents of what it reads."""
        values = self._warehouse.values
        if isinstance(step, Loop):
            rule: Any = (
                f"{inspect.getmodule(step.function).__name__}.{step.function.__qualname__}",  # type: ignore[union-attr]
                code_behind(Path(inspect.getfile(step.function))),
                {key: repr(value) for key, value in step.settings.items()},
                {key: (select, values(select, self._params)) for key, select in step.inputs.items()},
            )
        else:
            rule = (step.select, step.is_view, {} if step.is_view else values(step.select, self._params))
        return UNKNOWN if UNKNOWN in contents.values() else fingerprint(rule, step.table.types, contents)

    def _content(self, table: str) -> str:
        if table not in self._contents:
            step = self._steps.get(table)
            temporary = step is not None and is_temporary(step)
            if temporary and step:
                self._contents[table] = self.made_from(step)
            elif table.startswith(f"{LEDGER}."):
                self._contents[table] = self._warehouse.content(table)
            else:
                self._contents[table] = self._noted[table][2] if table in self._noted else UNKNOWN
        return self._contents[table]

    def make(self, step: Step, *, afresh: bool) -> Note:
        """Make a step's table: what is touched of it, where that is known, else all of it. Return what is to be noted of it."""
        parts = step.parts if isinstance(step, Stage) and self._warehouse.narrows and not afresh else None
        name = step.table.name
        if parts is None or name not in self._noted or self._warehouse.kind(name) != "table":
            before = None if afresh else self.rows_before(step)
            self._warehouse.build((step,), self._params)
            return self.made(step, before)
        assert isinstance(step, Stage)
        changes = self._changes(step, parts)
        rows = narrow(self._warehouse, step, changes, self._params) if changes else None
        if rows is None:
            rows = rebuild(self._warehouse, step, self._params)
        if rows is None:
            self._warehouse.changes.pop(step.stands_for or name, None)
            return self.made(step, None)
        return self._moved(step, rows)

    def _changes(self, step: Stage, parts: Parts) -> dict[str, Change]:
        """What has changed of what a step reads since its table was made; empty where that is not known of all of it."""
        now = {table: self._content(table) for table in step.reads}
        known = self._warehouse.changes
        changes = {table: known[table] for table in now if table in known and known[table].after == now[table]}
        then = now | {table: change.before for table, change in changes.items()}
        made_from = self._noted[step.table.name][1]
        is_told = made_from != UNKNOWN and all(table in parts.of or table in parts.through for table in changes)
        return changes if is_told and made_from == self._fingerprint(step, then) else {}

    def _moved(self, step: Stage, rows: str) -> Note:
        """A table has been made of which `rows` are gone or new: what is to be noted of it, and for what reads it."""
        name, (_, _, before, hash_before) = step.stands_for or step.table.name, self._noted[step.table.name]
        if not self._warehouse.scalar(f"select count(*) from {rows}") and not step.stands_for:
            return self._look_again(step, before or self.made_from(step), hash_before)
        after = self._content(step.stands_for) if step.stands_for else self.made_from(step)
        self._warehouse.changes[name] = Change(before, after, rows)
        return self._look_again(step, after, None)

    def fetch_temporary(self, step: Step) -> None:
        """Make the temporary tables that a step reads, and those that they read, where they are not as they should be."""
        for table in step.reads:
            needed = self._steps.get(table)
            if needed is None or not is_temporary(needed):
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

    def made(self, step: Step, before: str | None) -> Note:
        """A table has just been made: what is to be noted of it. Its content is another, unless its rows are those of `before`."""
        if isinstance(step, Stage) and step.is_view:
            return self._look_again(step, self.made_from(step), None)
        if isinstance(step, Stage) and step.stands_for:
            return self._look_again(step, self._content(step.stands_for), None)
        after = self._warehouse.rows_of(step.table.name) if step.by_content or before is not None else None
        if after is not None and step.by_content:
            return self._look_again(step, after, after)
        same = before is not None and after == before
        return self._look_again(step, (same and self._noted[step.table.name][2]) or self.made_from(step), after)

    def kept(self, step: Step) -> Note:
        """A table stands though what it is made from reads otherwise now: what is to be noted of it."""
        _, _, content, rows = self._noted[step.table.name]
        return self._look_again(step, content, rows)

    def _look_again(self, step: Step, content: str, rows: str | None) -> Note:
        note = (step.table.name, self.made_from(step), content, rows)
        self._noted[step.table.name] = note
        self._there.add(step.table.name)
        self._contents.pop(step.table.name, None)
        return note

    def doubt(self, step: Step) -> None:
        """Take a table's content for unknown."""
        self._contents[step.table.name] = UNKNOWN


def is_temporary(step: Step) -> bool:
    """Whether a step's table lives no longer than the connection."""
    return step.table.name.startswith(f"{TEMPORARY}.")
