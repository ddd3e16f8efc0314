"""What is known of tables: what each was made from, what it holds, and in what it has changed since the warehouse was opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxunify.schema.ledger import SUMMED
from cxunify.warehouse.connection import LEDGER, Params
from cxunify.warehouse.fingerprint import UNKNOWN, fingerprint
from cxunify.warehouse.narrow import Change
from cxunify.warehouse.stage import tables_of
from cxunify.warehouse.tables import Tables

Note = tuple[str, str, str, str | None]
"""The name of a table, what it was made from, its content, and a fingerprint of its rows where one was taken."""


class Notes(Tables):
    """A connection that makes tables and notes what they are."""

    narrows = True
    """Whether the engine can put some rows of a table in the place of others."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.changes: dict[str, Change] = {}
        """Of tables that have changed since this was opened: in what."""

    def _undo(self) -> None:
        super()._undo()
        self.changes.clear()

    def note(self, name: str, made_from: str, content: str | None = None) -> None:
        """Note what a table was made from, and what it holds where that does not follow from it."""
        if made_from == UNKNOWN:
            self.execute("delete from meta.tables where name = $name", {"name": name})
            return
        self.write_notes([(name, made_from, made_from if content is None else content, None)])

    def write_notes(self, notes: Sequence[Note]) -> None:
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
            # What a view sums up has changed where the view has, and is read in a third of the time.
            self._remembered[table] = self.hash_of(SUMMED.get(table, table))
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
        return UNKNOWN if UNKNOWN in contents.values() else fingerprint(select, self.values(select, params), contents)

    def values(self, select: str, params: Params | None) -> dict[str, str]:
        """The values that a SELECT binds, as text."""
        return {name: str(value) for name, value in (self._used(select, params) or {}).items()}
