"""broken records of a delimited text -> the cells of those that can be read in one way only, told with their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cxunify.ingest.shapes import Shapes
from cxunify.ingest.stray import Signs, apart
from cxunify.schema.words import counted

_KEPT = 16 * 2**20
"""Bytes of broken records that are kept until all of a text is known; those beyond are rejects."""
_SHOWN = 5
"""Rows that are named."""
_QUOTE = "a quote that strays in {} is read as a sign of its cell"
_MANY = "a delimiter too many is left out of {}: the other columns show which"
_FEW = "{} without the empty cell of a column that is always empty"
_SIGNS = "{} with other delimiters than all others"


@dataclass(slots=True)
class Broken:
    """A record that is not as it should be."""

    row: int
    text: bytes
    """Its first line."""
    cells: list[bytes] | None
    """Where its quotes are well, but it has not as many cells as the columns are."""
    behind: tuple[bytes, ...] = ()
    """The lines that follow."""
    followed: bool = False
    """Whether a good record follows: then it ended where its line does, and was not cut off."""


@dataclass
class Mender:
    """Keeps what is broken until all good records have been seen."""

    delimiter: str
    quote: str
    columns: int
    shapes: Shapes = field(init=False)
    broken: list[Broken] = field(default_factory=list)
    mended: dict[str, list[int]] = field(default_factory=dict)
    """The rows that were mended, by what was the matter."""
    _bytes: int = 0

    def __post_init__(self) -> None:
        """Begin knowing nothing."""
        self.shapes = Shapes(self.columns, self.delimiter.encode())

    def good(self, row: int, cells: Sequence[bytes]) -> None:
        """Look at a good record."""
        self.shapes.learn(cells)
        if self.broken and self.broken[-1].row == row - 1:
            self.broken[-1].followed = True

    def keep(self, one: Broken) -> None:
        """Keep a broken record, as long as there is room."""
        self._bytes += len(one.text) + sum(map(len, one.behind))
        if self._bytes <= _KEPT:
            self.broken.append(one)

    def mend(self, one: Broken) -> list[bytes] | None:
        """The cells of a record; None where it cannot be known what they are."""
        if one.cells is None:
            signs = Signs(self.delimiter.encode(), self.quote.encode())
            cells = apart(one.text, one.behind, signs, self.columns) if one.followed else None
            what = _QUOTE
        else:
            cells = self.shapes.mended(one.cells, self.quote)
            what = {1: _MANY, -1: _FEW}.get(len(one.cells) - self.columns, _SIGNS)
        if cells is not None and _is_text(cells):
            self.mended.setdefault(what, []).append(one.row)
            return cells
        return None


def told(mended: dict[str, list[int]]) -> tuple[str, ...]:
    """What to say of records that were mended."""
    return tuple(
        what.format(f"{counted(len(rows), 'record')} ({_rows(rows)})") + (" read" if what in {_FEW, _SIGNS} else "")
        for what, rows in mended.items()
    )


def _rows(rows: list[int]) -> str:
    listed = ", ".join(map(str, rows[:_SHOWN])) + (" …" if len(rows) > _SHOWN else "")
    return f"{'row' if len(rows) == 1 else 'rows'} {listed}"


def _is_text(cells: Sequence[bytes]) -> bool:
    try:
        b"".join(cells).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
