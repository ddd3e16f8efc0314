"""good records -> what their columns look like; a row with a cell too many, or other delimiters -> its cells, where that tells.

What tells are columns whose cells all look alike: days, amounts, numbers, addresses of pages. A row is put right where one way to
do so fits all of them, and no other does; else its cells may have moved, and it is a reject.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cxunify.ingest.dialect import DELIMITERS

_LEARNED = 2_000
"""Good records whose cells are looked at."""
_ENOUGH = 20
"""Good records below which nothing is known of a column."""
_NEVER = 50
"""Good records from which on a column that is never empty among them may not be."""
_MOST = 8
"""The most shapes of a column that tells."""
_OFTEN = 3
"""Cells in quotes with a delimiter in them, from which on none without quotes has one."""
_TELLING = 2
"""The least number of columns that must tell."""
_RUNS = (
    (re.compile(r"\d"), "9"),
    (re.compile(r"9{6,}"), "9+"),
    (re.compile(r"[^\W\d_]+"), "a"),
    (re.compile(r"\s+"), " "),
)


@dataclass
class Shapes:
    """What the cells of each column look like, as far as has been seen."""

    columns: int
    delimiter: bytes
    seen: int = 0
    _quoted: int = 0
    """Records with a cell that has a delimiter in it: what writes the text puts such a cell in quotes."""
    _shapes: list[Counter[str]] = field(default_factory=list)

    def learn(self, cells: Sequence[bytes]) -> None:
        """Look at a good record."""
        if self.seen >= _LEARNED:
            return
        self._shapes = self._shapes or [Counter() for _ in range(self.columns)]
        self.seen += 1
        self._quoted += any(self.delimiter in cell for cell in cells)
        for counted, cell in zip(self._shapes, cells, strict=False):
            counted[shape(cell)] += 1

    def mended(self, cells: list[bytes], quote: str) -> list[bytes] | None:
        """The cells of a record that has not as many as the columns are; None where it cannot be known what they are."""
        telling = self._telling()
        if self.seen < _ENOUGH or len(telling) < _TELLING:
            return None
        if any(cell.count(quote.encode()) % 2 for cell in cells):
            return None  # a quote was cut off with what stood beside it
        if len(cells) == self.columns + 1:
            ways = list(_without_one(cells))
            others = list(_with_two_as_one(cells, b""))
            others += [] if self._quoted >= _OFTEN else _with_two_as_one(cells, self.delimiter)
        elif len(cells) == self.columns - 1:
            ways, others = list(_with_one_more(cells, self._empty())), []
        else:
            ways, others = list(self._otherwise(cells, quote)), []
        fitting = {tuple(way) for way in ways if self._fits(way, telling)}
        if len(fitting) != 1 or any(self._fits(way, telling) for way in others):
            return None
        return list(fitting.pop())

    def _telling(self) -> dict[int, set[str]]:
        """The shapes of the columns that tell: few ones, with digits or signs in them, each of several cells."""
        found: dict[int, set[str]] = {}
        for place, counted in enumerate(self._shapes):
            often = {look for look, count in counted.items() if count > 1}
            filled = often - {""}
            if len(counted) <= _MOST and filled and all("9" in look or "@" in look or ":" in look for look in filled):
                found[place] = set(counted)
        return found

    def _empty(self) -> list[int]:
        """The columns that are always empty."""
        return [place for place, counted in enumerate(self._shapes) if set(counted) == {""}]

    def _fits(self, cells: Sequence[bytes], telling: dict[int, set[str]]) -> bool:
        """Whether all columns that tell look as they always do; those that are always empty, or never, are so."""
        for counted, cell in zip(self._shapes, cells, strict=True):
            if (not cell and not counted[""] and self.seen >= _NEVER) or (cell and counted[""] == self.seen):
                return False
        return all(shape(cells[place]) in looks for place, looks in telling.items())

    def _otherwise(self, cells: list[bytes], quote: str) -> Iterator[list[bytes]]:
        """The cells of a row whose delimiters are others than those of all other rows."""
        text = self.delimiter.join(cells).decode("utf-8", "surrogateescape")
        for sign in DELIMITERS:
            if sign != self.delimiter.decode() and sign in text and not {"\n", "\r"} & set(text):
                row = _taken_apart(text, sign, quote)
                if len(row) == self.columns:
                    yield [cell.encode("utf-8", "surrogateescape") for cell in row]


def _taken_apart(text: str, delimiter: str, quote: str) -> list[str]:
    """The cells of a line; none where it cannot be taken apart so."""
    try:
        return next(csv.reader([text], delimiter=delimiter, quotechar=quote), [])
    except csv.Error:  # longer than the reader allows, or a sign that it does not
        return []


def shape(cell: bytes) -> str:
    """What a cell looks like: each digit, each run of letters, of blanks as one sign."""
    text = cell.decode("utf-8", "replace")[:200]
    for pattern, sign in _RUNS:
        text = pattern.sub(sign, text)
    return text


def _without_one(cells: list[bytes]) -> Iterator[list[bytes]]:
    """A row without one of its empty cells."""
    return ([*cells[:place], *cells[place + 1 :]] for place, cell in enumerate(cells) if not cell)


def _with_two_as_one(cells: list[bytes], between: bytes) -> Iterator[list[bytes]]:
    """A row in which two of the cells are one: it was parted by a delimiter that it has itself, or that slipped into it."""
    return (
        [*cells[:place], between.join(cells[place : place + 2]), *cells[place + 2 :]]
        for place in range(len(cells) - 1)
        if cells[place] and cells[place + 1]
    )


def _with_one_more(cells: list[bytes], empty: list[int]) -> Iterator[list[bytes]]:
    """A row with one more empty cell, in a column that is always empty."""
    return ([*cells[:place], b"", *cells[place:]] for place in empty)
