"""What a step is: a table and the one SELECT, or the one function of frames, that makes it; and the one door for names into SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxunify.schema.table import Table

if TYPE_CHECKING:
    import polars as pl

TEMPORARY = "temp"
"""The schema of tables that live as long as the connection and never reach the file."""
SCHEMAS = ("raw", "staging", "identity", "profile", "quality", "actions", "ledger", TEMPORARY)
"""Every schema that a step may read. Table names stand literally in SQL, and so what a step reads can be read off its text."""
_NAMES = rf'\b(?:{"|".join(SCHEMAS)})\.(?:"(?:[^"]|"")+"|[a-z_]\w*)'
_TOLD_APART = re.compile(rf"""(?P<table>{_NAMES})|(?:'(?:[^']|'')*'|--[^\n]*|"(?:[^"]|"")*")""")
"""Names of tables; texts, comments and other quoted names, in which what looks like one is none."""
_BOUND = re.compile(r"\$([A-Za-z_]\w*)")


@dataclass(frozen=True)
class Parts:
    """How the rows of a table fall into parts, so that only those are made again which what it reads has touched.

    The rows of a part follow from the rows of the same part of the tables in `of`, and from all other tables that it reads, whole.
    """

    key: str
    """Which part a row of the table is of: an expression over its columns, never null."""
    of: Mapping[str, str] = field(default_factory=dict)
    """Table that it reads -> which part a row of that one is of; rows of which it is null are nobody's and make nothing."""
    through: Mapping[str, str] = field(default_factory=dict)
    """Table that it reads whole -> SELECT of the parts that follow from rows of it which are gone or new: `{changed}`."""


@dataclass(frozen=True)
class Stage:
    """One table and the single SELECT that makes it."""

    table: Table
    select: str
    """One SELECT over real table names; values are bound as `$name`."""
    is_view: bool = False
    """Worked out when it is read: for wide tables that one reader reads once. A view binds no values."""
    by_content: bool = False
    """What it was made from says more than what it is: its rows alone are its content, whatever they came from."""
    parts: Parts | None = None
    """How it may be narrowed, and what has changed in it be told; else it is made whole, and all that reads it."""
    stands_for: str = ""
    """The table of another layer of which it holds a hash of each row, under its key, to tell what has changed there."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The tables that it is made from."""
        return tables_of(self.select)


@dataclass(frozen=True)
class Split:
    """How the rows of a loop fall into parts that know nothing of one another: each may be worked out anywhere, by itself."""

    ties: str = ""
    """SELECT of pairs `a`, `b` that belong together, over the loop's inputs by name; empty: each row is a part of its own."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Input -> what of its rows the ties speak of; of two, a row that lies between parts is nobody's."""


@dataclass(frozen=True)
class Loop:
    """One table made by a function of frames: what SQL says badly. It sees counted patterns and integer edges, never wide rows."""

    writes: Table
    function: Callable[..., pl.DataFrame]
    """Called with the frames by name and with `settings`; returns the rows of the table. It sees no warehouse."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Name of a frame -> the SELECT that it holds."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    by_content: bool = False
    """As for a Stage."""
    split: Split | None = None
    """Of a loop that sees what grows with the records: how an engine of many machines may deal it out."""

    @property
    def table(self) -> Table:
        """The table that it makes."""
        return self.writes

    @property
    def reads(self) -> tuple[str, ...]:
        """The tables that it is made from."""
        return tuple(dict.fromkeys(name for select in self.inputs.values() for name in tables_of(select)))


Step = Stage | Loop


def tables_of(select: str) -> tuple[str, ...]:
    """The tables that a statement names, each once, in the order of their first mention."""
    return tuple(dict.fromkeys(found["table"] for found in _TOLD_APART.finditer(select) if found["table"]))


def renamed(select: str, names: Mapping[str, str]) -> str:
    """A statement with some of the tables that it names replaced by others."""
    return _TOLD_APART.sub(lambda found: names.get(found["table"], found[0]), select)


def parameters_of(select: str) -> frozenset[str]:
    """The parameters that a statement binds, as `$name`."""
    return frozenset(_BOUND.findall(_TOLD_APART.sub(" ", select)))


def statement(package: str, folder: str, name: str) -> str:
    """The SELECT of the file `folder/name.sql` that ships with a package."""
    return (resources.files(package) / folder / f"{name}.sql").read_text(encoding="utf-8").strip()


def quote(identifier: str) -> str:
    """Quote a column or table name for SQL: the one door through which names from outside enter a statement."""
    return '"' + identifier.replace('"', '""') + '"'


def located(path: Path) -> str:
    """A path as SQL: the engine takes it for a pattern, so the signs of one are put in brackets."""
    return literal(pattern(path))


def pattern(path: Path) -> str:
    """A path as a pattern that means it alone; stars may be put behind it."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def literal(text: str) -> str:
    """Quote a text for SQL where a parameter cannot be bound (comments, COPY options)."""
    return "'" + text.replace("'", "''") + "'"
