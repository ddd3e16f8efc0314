"""Questions about whole columns of a source -> their answers: many in one scan, of new rows only where the others have answered.

What the rows of a source have answered is kept, by the words of the question. Where a new file adds to them, it alone is asked,
and both answers are put together: numbers are added up, "is there any" holds where it holds for either, of days the newest counts.
A question that the rows that stand were never asked is no question about new rows only: then all of them are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cxunify.warehouse import Warehouse
from cxunify.warehouse.fingerprint import fingerprint


class Otherwise(Exception):
    """What the new rows say may change how those that stand are read: all of them are to be looked at."""


class Counts:
    """What is counted of the rows of one source."""

    def __init__(self, warehouse: Warehouse, rows: str, kept: Mapping[str, Any] | None = None) -> None:
        """`rows`: where those are that are asked, as SQL; `kept`: what others have answered, which stand; None: there are none."""
        self.warehouse = warehouse
        self.answers: dict[str, Any] = {}
        """All answers of these rows and of those that stand, to be kept; they hold words of cells, and no ids."""
        self._rows, self._counting, self._kept = rows, rows, kept

    @property
    def is_narrow(self) -> bool:
        """Whether other rows stand that are not looked at."""
        return self._kept is not None

    def of(self, table: str) -> None:
        """From now on it is asked of those of the rows that count, which are in `table`."""
        self._counting = table

    def ask(self, source: str, asked: Mapping[str, str]) -> dict[str, Any]:
        """The answers to aggregates (by a name of one's own), over what follows FROM: counts, sums, bool_or, the newest day."""
        if not asked:
            return {}
        keys = {name: self._key(f"{sql} from {source}") for name, sql in asked.items()}
        stand = {name: self._stands(key) for name, key in keys.items()}
        columns = ", ".join(f"{sql} as a{place}" for place, sql in enumerate(asked.values()))
        found = self.warehouse.rows(f"select {columns} from {source}")[0]
        answers = {
            name: _both(stand[name], answer or 0) for name, answer in zip(asked, found, strict=True)
        }  # no rows: null
        for name, key in keys.items():
            self.answers[key] = _plain(answers[name])
        return answers

    def values(
        self, value: str, source: str, most: int, sums: tuple[str, ...] = ("count(*)",)
    ) -> list[tuple[Any, ...]]:
        """The different values of an expression, each with what is added up of its rows: by the first sum, the largest first.

        No more of them than `most`; where there are so many, they are not kept.
        """
        key = self._key(f"{value}, {', '.join(sums)} from {source}")
        stand = self._stands(key) or []
        listed = ", ".join(sums)
        rows = self.warehouse.rows(f"select {value}, {listed} from {source} group by 1 order by 2 desc, 1 limit {most}")
        if len(rows) < most:
            added: dict[Any, list[Any]] = {one: [_read(number) for number in numbers] for one, *numbers in stand}
            for one, *numbers in rows:
                added[one] = [_both(*both) for both in zip(added.get(one, [0] * len(numbers)), numbers, strict=True)]
            rows = sorted(((one, *numbers) for one, numbers in added.items()), key=lambda row: (-row[1], row[0]))
        if len(rows) < most:
            self.answers[key] = [[one, *map(_plain, numbers)] for one, *numbers in rows]
        elif self.is_narrow:
            raise Otherwise
        return rows

    def listed(self, select: str) -> list[tuple[Any, ...]]:
        """A few rows of numbers, those of the rows that stand first."""
        key = self._key(select)
        rows = [*map(tuple, self._stands(key) or []), *self.warehouse.rows(select)]
        self.answers[key] = [list(row) for row in rows]
        return rows

    def first(self, select: str, told: Callable[[list[tuple[Any, ...]]], list[str]]) -> list[str]:
        """What the first rows tell: where others stand, it was these."""
        key = self._key(select)
        stands = self._stands(key)
        self.answers[key] = told(self.warehouse.rows(select)) if stands is None else stands
        return list(self.answers[key])

    def add(self, what: str, number: int) -> int:
        """So many were found of something; with those found before."""
        self.answers[what] = number + (self._stands(what) or 0)
        return int(self.answers[what])

    def _key(self, question: str) -> str:
        """A question without the table that it is asked of."""
        return fingerprint(question.replace(self._counting, "counting").replace(self._rows, "rows"))

    def _stands(self, key: str) -> Any:
        if self._kept is None:
            return None
        if key not in self._kept:
            raise Otherwise
        return self._kept[key]


def _both(stands: Any, found: Any) -> Any:
    """Two answers to one question; 0 is none."""
    if not stands or not found:
        return stands or found
    if isinstance(found, bool):
        return True
    return max(_read(stands, day=True), found) if isinstance(found, date) else _read(stands) + found


def _plain(answer: Any) -> Any:
    """An answer as it is kept."""
    return str(answer) if isinstance(answer, date | Decimal) else answer


def _read(kept: Any, *, day: bool = False) -> Any:
    """An answer as it was."""
    if not isinstance(kept, str):
        return kept
    return date.fromisoformat(kept) if day else Decimal(kept)
