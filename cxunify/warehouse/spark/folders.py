"""tables of the warehouse -> the folders of Parquet that hold their rows: written by Spark, or handed over, each of them once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from cxunify.warehouse.notes import Notes
from cxunify.warehouse.spark.kinds import exported
from cxunify.warehouse.stage import TEMPORARY, located, quote


class Folders:
    """Which folder holds the rows of which table, for as long as the table holds them too."""

    def __init__(self, warehouse: Notes) -> None:
        self._warehouse = warehouse
        self._held = ExitStack()
        self._scratch: Path | None = None
        self._of: dict[str, Path] = {}
        self._contents: dict[str, str] = {}
        """What the tables held when that was last known to be so."""

    def close(self) -> None:
        """Remove them all."""
        self._held.close()

    def clear(self) -> None:
        """Take all folders for those of other rows."""
        self._of.clear()

    def forget(self, name: str) -> None:
        """Take the folder of a table for that of other rows."""
        self._of.pop(name, None)

    def put(self, name: str, folder: Path) -> None:
        """Note that a folder holds the rows of a table."""
        self._of[name] = folder

    def has(self, name: str) -> bool:
        """Whether there is a folder of a table."""
        return name in self._of

    def settle(self) -> None:
        """Note that the folders hold what the tables do now."""
        self._contents = self._noted()

    def look_again(self) -> None:
        """Forget the folders of tables that others may have written since; a table of the moment is its folder."""
        now = self._noted()
        same = {name for name, content in self._contents.items() if now.get(name) == content}
        for name in [name for name in self._of if name not in same and not name.startswith(f"{TEMPORARY}.")]:
            self.forget(name)

    def of(self, name: str) -> Path:
        """The folder of a table, which is handed over where it was not."""
        if name not in self._of:
            room = self.room()
            room.mkdir(mode=0o700)
            columns = ", ".join(
                f"cast({quote(column)} as {exported(kind)}) as {quote(column)}"
                for column, kind in self._warehouse.columns(name).items()
            )
            schema, _, bare = name.partition(".")
            select = f"select {columns} from {schema}.{quote(bare)}"
            self._warehouse.export(select, room / "part-0.parquet", ("row_group_size 122880",))
            self._of[name] = room
        return self._of[name]

    def room(self) -> Path:
        """A new name in the folder of the moment."""
        return self.scratch() / uuid.uuid4().hex

    def scratch(self) -> Path:
        """The folder of the moment, beside the warehouse."""
        if self._scratch is None:
            self._scratch = self._held.enter_context(self._warehouse.scratch()) / "spark"
            self._scratch.mkdir(mode=0o700, exist_ok=True)
        return self._scratch

    def _noted(self) -> dict[str, str]:
        return dict(self._warehouse.rows("select name, content from meta.tables"))


def rows(folder: Path, kinds: Mapping[str, str]) -> str:
    """The SELECT of the rows of a folder, with columns of these DuckDB types."""
    typed = ", ".join(f"cast({quote(name)} as {kind}) as {quote(name)}" for name, kind in kinds.items())
    return f"select {typed} from read_parquet({located(folder)[:-1]}/*.parquet')"
