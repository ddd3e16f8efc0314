"""a delimited text that a strict reader refuses -> a clean copy of its good records, and every other record with a reason.

Each line is a record until a quote says otherwise. A quote that is opened and never properly closed takes down its own line
only: reading starts again at the next one.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from cxunify.ingest.lines import LONGEST, Line, lines
from cxunify.ingest.mend import Broken, Mender
from cxunify.ingest.stray import LOOKED
from cxunify.ingest.streams import open_private
from cxunify.schema.words import counted

_JOINED = 10_000
"""Lines that one record may fill."""
_KEPT = 4_000
"""Characters of a rejected record that are kept."""


MOST_REJECTS = 1_000_000
"""Rejected records of one file that are kept; a file with more is read no further, and refused."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that cannot be used."""

    source_row: int
    line: int | None
    byte_offset: int | None
    reason: str
    text: str


@dataclass(frozen=True)
class Salvaged:
    """What was found: a clean copy without a header, each record preceded by its number, and the rejects."""

    path: Path
    records: int
    rejects: list[Reject]
    surplus: Counter[int] = field(default_factory=Counter)
    """How many records have so many cells more than the header, all of them empty."""
    mended: dict[str, list[int]] = field(default_factory=dict)
    """Rows that are in the copy though something was the matter with them, by what it was."""
    notes: tuple[str, ...] = ()
    """What was found out on the way."""

    @property
    def troubled(self) -> int:
        """Records with which something was the matter."""
        return len(self.rejects) + sum(map(len, self.mended.values()))


@dataclass(frozen=True)
class Marks:
    """How the cells of a text are told apart."""

    delimiter: str
    quote: str
    surplus: int = 0
    """Empty cells that each of its records has beyond those of the header."""
    quoting: bool = False
    """Some cell begins with a quote: what writes it knows how to put cells in quotes."""
    escape: str = ""
    """What may stand before a quote within a cell, and before itself, where quotes are not doubled."""
    line: str = ""
    """What each line should have been, where the text is a copy of another that was taken apart."""


class _Malformed(Exception):
    """A record that cannot be taken apart; or that can, and has other `cells` than it should."""

    def __init__(self, reason: str, cells: list[bytes] | None = None) -> None:
        super().__init__(reason)
        self.cells = cells


_NEVER = "a quote is opened and never closed"
_IMPROPERLY = "a quote is opened and not closed properly"
_WITHIN = "quotes within two of its cells: where these end cannot be known"
_ENCODING = "not valid UTF-8"
_UNKNOWABLE = {_WITHIN, _ENCODING}


def salvage(stream: IO[bytes], path: Path, marks: Marks, columns: int, skip: int) -> Salvaged:
    """Copy the good records of a UTF-8 text to the new file `path`; `skip` lines come before the first record."""
    split = _Splitter(marks, columns)
    mark, sep = marks.quote.encode(), marks.delimiter.encode()
    rejects: list[Reject] = []
    surplus: Counter[int] = Counter()
    row = 0
    ahead = _Ahead(lines(stream), skip)
    mender = Mender(marks.delimiter, marks.quote, columns)
    escaped = b"\\" + mark  # quotes may be written so in all of the text: that is found out first
    mending = not (marks.surplus or marks.escape or marks.line)
    with open_private(path) as out:

        def write(number: int, cells: list[bytes]) -> None:
            out.write(b"%d" % number + sep + sep.join(_quoted(cell, sep, mark) for cell in cells[:columns]) + b"\n")

        for line in ahead:
            if not line.text.strip(b" \t\r\n"):
                continue
            row += 1
            text = line.text.rstrip(b"\r\n")
            try:
                cells, extra = split(ahead, line)
                if len(cells) >= columns and not any(cells[columns:]):
                    surplus[len(cells) - columns] += 1
                _check(cells, extra, columns, marks)
            except _Malformed as error:
                rejects.append(Reject(row, line.number, line.offset, str(error), shown(text)))
                if len(rejects) > MOST_REJECTS:
                    break
                if mending and not line.overlong and escaped not in text and str(error) not in _UNKNOWABLE:
                    behind = () if error.cells else ahead.texts(LOOKED)
                    mender.keep(Broken(row, text, error.cells, behind))
                continue
            ahead.drop(extra)
            mender.good(row, cells)
            write(row, cells)
        whole = {one.row: found for one in mender.broken if (found := mender.mend(one)) is not None}
        for number, mended in whole.items():
            write(number, mended)
    rejects = [reject for reject in rejects if reject.source_row not in whole]
    return Salvaged(path, row, rejects, surplus, mender.mended)


def shown(text: bytes) -> str:
    """A rejected record as it can be kept: nothing lost, bytes that are not UTF-8 written out."""
    return text[: _KEPT * 4].decode("utf-8", "backslashreplace")[:_KEPT]


class _Ahead:
    """The lines of a text, and a look at those ahead."""

    def __init__(self, source: Iterator[Line], skip: int) -> None:
        self._source = source
        self._ahead: deque[Line] = deque()
        for _ in range(skip):
            next(self._source, None)

    def __iter__(self) -> Iterator[Line]:
        while True:
            line = self._ahead.popleft() if self._ahead else next(self._source, None)
            if line is None:
                return
            yield line

    def look(self, place: int) -> Line | None:
        """The line that is `place` lines ahead, without taking it."""
        while len(self._ahead) <= place:
            line = next(self._source, None)
            if line is None:
                return None
            self._ahead.append(line)
        return self._ahead[place]

    def texts(self, most: int) -> tuple[bytes, ...]:
        """The next lines, without their ends."""
        seen = (self.look(place) for place in range(most))
        return tuple(line.text.rstrip(b"\r\n") for line in seen if line is not None)

    def drop(self, count: int) -> None:
        """Take lines that belong to the record just read."""
        for _ in range(count):
            self._ahead.popleft()


@dataclass
class _Place:
    """Where the reading of a record stands: in which of its lines, and at which of that line's bytes."""

    ahead: _Ahead
    raw: bytes
    text: bytes
    """The line without its end."""
    length: int
    """Bytes of all lines so far."""
    at: int = 0
    extra: int = 0
    """Lines after the first."""

    def go_on(self) -> None:
        """Go to the beginning of the next line. Raises _Malformed when a record cannot go on for so long."""
        following = self.ahead.look(self.extra)
        if following is None or self.extra >= _JOINED or self.length > LONGEST:
            raise _Malformed(_NEVER)
        self.raw, self.text, self.at = following.text, following.text.rstrip(b"\r\n"), 0
        self.length += len(self.raw)
        self.extra += 1


class _Splitter:
    """Takes a record apart the way a strict reader does, each of its bytes once."""

    def __init__(self, marks: Marks, columns: int) -> None:
        self._sep, self._mark, self._quoting = marks.delimiter.encode(), marks.quote.encode(), marks.quoting
        self._most = columns + marks.surplus
        q = re.escape(self._mark)
        self._begins = re.compile(rb" *%b" % q)
        e = re.escape(marks.escape.encode())
        # a sign that escapes takes the one behind it along; at the end of a line there is none
        pair = rb"(?:%b%b|%b(?:.|\Z))" % (q, q, e) if e else q + q
        self._inside = re.compile(rb"[^%b%b]*(?:%b[^%b%b]*)*" % (q, e, pair, q, e), re.DOTALL)
        self._pair = re.compile(rb"%b(%b)|%b([%b%b])" % (q, q, e, e, q) if e else rb"%b(%b)" % (q, q))
        self._blanks = re.compile(rb" *")

    def __call__(self, ahead: _Ahead, line: Line) -> tuple[list[bytes], int]:
        """The cells of the record that begins with `line`, and how many further lines it fills."""
        if line.overlong:
            raise _Malformed(f"longer than {LONGEST} bytes")
        here = _Place(ahead, line.text, line.text.rstrip(b"\r\n"), len(line.text))
        if self._mark not in here.text:
            return here.text.split(self._sep), 0
        cells: list[bytes] = []
        odd = 0
        while True:
            if begun := self._begins.match(here.text, here.at):
                cells.append(self._in_quotes(here, begun.end()))
            else:
                end = here.text.find(self._sep, here.at)
                cells.append(here.text[here.at :] if end < 0 else here.text[here.at : end])
                odd += cells[-1].count(self._mark) % 2
                here.at += len(cells[-1])
            if here.at >= len(here.text):
                break
            here.at += len(self._sep)
            if here.extra and len(cells) >= self._most:
                raise _Malformed(_IMPROPERLY)  # too many already: no need to look for the end of it
        if odd > 1 and self._quoting:
            raise _Malformed(_WITHIN)
        return cells, here.extra

    def _in_quotes(self, here: _Place, at: int) -> bytes:
        """The cell whose quotes were opened just before a place; afterwards, the place is behind it."""
        here.at = at
        pieces = []
        while (end := self._closing(here.text, here.at)) == len(here.text):
            pieces.append(here.raw[here.at :])
            here.go_on()
        pieces.append(here.text[here.at : end])
        here.at = self._after(here.text, end + len(self._mark))
        if here.at < len(here.text) and not here.text.startswith(self._sep, here.at):
            raise _Malformed(_IMPROPERLY if here.extra else "text after a closing quote")
        return self._pair.sub(lambda pair: pair[pair.lastindex or 0], b"".join(pieces))

    def _closing(self, text: bytes, at: int) -> int:
        """Where the cell within quotes that goes on at a place ends; the end of the text when it does not end there."""
        match = self._inside.match(text, at)
        return match.end() if match else len(text)

    def _after(self, text: bytes, at: int) -> int:
        """Where the blanks that begin at a place end."""
        match = self._blanks.match(text, at)
        return match.end() if match else at


def _check(cells: list[bytes], extra: int, columns: int, marks: Marks) -> None:
    """Exactly as many cells as the header has, and as empty ones beyond as all records have; no longer than may be; UTF-8."""
    if len(cells) != columns + marks.surplus or any(cells[columns:]):
        if extra:
            raise _Malformed(_IMPROPERLY)
        if marks.line:
            raise _Malformed(f"not {marks.line}")
        also = (
            f" and {counted(marks.surplus, 'empty one follows', 'empty ones follow')} in all other rows"
            if marks.surplus
            else ""
        )
        raise _Malformed(f"{counted(len(cells), 'cell')} where the header has {columns}{also}", cells)
    if sum(map(len, cells)) > LONGEST:
        raise _Malformed(f"longer than {LONGEST} bytes")
    for cell in cells:
        if not cell.isascii():
            try:
                cell.decode("utf-8")
            except UnicodeDecodeError:
                raise _Malformed(_ENCODING) from None


def _quoted(cell: bytes, sep: bytes, mark: bytes) -> bytes:
    if mark in cell or sep in cell or b"\n" in cell or b"\r" in cell or cell.startswith(b" "):
        return mark + cell.replace(mark, mark * 2) + mark
    return cell
