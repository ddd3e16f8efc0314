"""Statements that were run -> the tables and views that are there now, without asking the engine each time.

To ask it costs as much as to make a small table (it lists all tables, its own included), and a run makes hundreds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_NAME = r'(?:"(?:[^"]|"")+"|\w+)'
_MADE = re.compile(
    rf"\s*create\s+(?:or\s+replace\s+)?(?P<temp>temp(?:orary)?\s+)?(?P<kind>table|view)\s+(?:if\s+not\s+exists\s+)?"
    rf"(?P<name>{_NAME}(?:\.{_NAME})?)",
    re.IGNORECASE,
)
_DROPPED = re.compile(
    rf"\s*drop\s+(?:table|view)\s+(?:if\s+exists\s+)?(?P<name>{_NAME}(?:\.{_NAME})?)\s*$", re.IGNORECASE
)
_OTHERWISE = re.compile(r"\s*(?:drop|alter|attach|detach)\s", re.IGNORECASE)
_ASIDE = re.compile(r"""'(?:[^']|'')*'|--[^\n]*|"(?:[^"]|"")*\"""")
"""Texts, comments and quoted names, in which a semicolon ends no statement."""
EVERYTHING = """
    with listed as (
        select database_name as place, schema_name, table_name as name, 'table' as kind from duckdb_tables()
        union all
        select database_name, schema_name, view_name, 'view' from duckdb_views() where not internal
    )
    select case when place = $warehouse then schema_name else place end || '.' || name, kind
    from listed where place in ($warehouse, $ledger, $temp)"""
"""Every table and view as the engine lists them; binds the names of its databases."""


class Catalog:
    """The names of tables and views, each with its schema in front, and which of the two it is."""

    def __init__(self, read: Callable[[], Iterable[tuple[str, str]]]) -> None:
        self._read = read
        self._kinds: dict[str, str] | None = None

    @property
    def kinds(self) -> dict[str, str]:
        """Name -> `table` or `view`."""
        if self._kinds is None:
            self._kinds = dict(self._read())
        return self._kinds

    @property
    def schemas(self) -> frozenset[str]:
        """The schemas in which there is something."""
        return frozenset(name.partition(".")[0] for name in self.kinds)

    def follow(self, sql: str) -> None:
        """Take note of a statement that has been run."""
        if self._kinds is None:
            return
        if ";" in sql and ";" in _ASIDE.sub("", sql):  # there may be several
            self.forget()
        elif made := _MADE.match(sql):
            name = _plain(made["name"])
            self._kinds[f"temp.{name}" if made["temp"] and "." not in name else name] = made["kind"].lower()
        elif dropped := _DROPPED.match(sql):
            self._kinds.pop(_plain(dropped["name"]), None)
        elif _OTHERWISE.match(sql):
            self.forget()

    def forget(self) -> None:
        """Ask the engine again when next a name is looked for: something was undone."""
        self._kinds = None


def _plain(name: str) -> str:
    """A name without the quotes of its parts."""
    parts = re.findall(_NAME, name)
    return ".".join(part[1:-1].replace('""', '"') if part.startswith('"') else part for part in parts)
