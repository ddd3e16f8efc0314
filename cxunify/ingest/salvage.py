"""a delimited text that a strict reader refuses -> a clean copy of its good records, and every other record with a reason.

Each line is a record until a quote says otherwise. A quote that is opened and never properly closed takes down its own line
only: reading starts again at the next one.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cxunify.ingest.streams import open_private

LONGEST = 2_000_000
"""Bytes of the longest record; beyond it DuckDB's reader gives up."""
_JOINED = 10_000
"""Lines that one record may fill."""
_KEPT = 4_000
"""Characters of a rejected record that are kept."""


@dataclass(frozen=True)
class Reject:
    """A record that cannot be used."""

    source_row: int
    line: int
    byte_offset: int
    reason: str
    text: str


@dataclass(frozen=True)
class Salvaged:
    """What was found: a clean copy without a header, each record preceded by its number, and the rejects."""

    path: Path
    records: int
    rejects: list[Reject]


@dataclass(frozen=True)
class _Line:
    number: int
    offset: int
    text: bytes


class _Malformed(Exception):
    """A record that cannot be taken apart."""


class _Open(Exception):
    """A record that ends within quotes."""


def salvage(stream: IO[bytes], path: Path, delimiter: str, quote: str, columns: int, skip: int) -> Salvaged:
    """Copy the good records of a UTF-8 text to the new file `path`; `skip` lines come before the first record."""
    split = _splitter(delimiter.encode(), quote.encode())
    mark, sep = quote.encode(), delimiter.encode()
    rejects: list[Reject] = []
    row = 0
    lines = _Lines(stream, skip)
    with open_private(path) as out:
        for line in lines:
            if not line.text.strip(b" \t\r\n"):
                continue
            row += 1
            text = line.text.rstrip(b"\r\n")
            try:
                if mark not in text and b"\r" not in text:
                    cells = text.split(sep)
                    extra = 0
                else:
                    cells, extra = _assemble(lines, line, split, columns)
                cells = _fitted(cells, columns)
                _check(cells)
            except _Malformed as error:
                rejects.append(Reject(row, line.number, line.offset, str(error), shown(text)))
                continue
            lines.drop(extra)
            out.write(b"%d" % row + sep + sep.join(_quoted(cell, sep, mark) for cell in cells) + b"\n")
    return Salvaged(path, row, rejects)


def shown(text: bytes) -> str:
    """A rejected record as it can be kept: nothing lost, bytes that are not UTF-8 written out."""
    return text[: _KEPT * 4].decode("utf-8", "backslashreplace")[:_KEPT]


class _Lines:
    """The physical lines of a stream, with their numbers and offsets, and a look at those ahead."""

    def __init__(self, stream: IO[bytes], skip: int) -> None:
        self._source = _physical(stream)
        self._ahead: deque[_Line] = deque()
        for _ in range(skip):
            next(self._source, None)

    def __iter__(self) -> Iterator[_Line]:
        while True:
            line = self._ahead.popleft() if self._ahead else next(self._source, None)
            if line is None:
                return
            yield line

    def ahead(self, place: int) -> _Line | None:
        """The line that is `place` lines ahead, without taking it."""
        while len(self._ahead) <= place:
            line = next(self._source, None)
            if line is None:
                return None
            self._ahead.append(line)
        return self._ahead[place]

    def drop(self, count: int) -> None:
        """Take lines that belong to the record just read."""
        for _ in range(count):
            self._ahead.popleft()


def _physical(stream: IO[bytes]) -> Iterator[_Line]:
    offset = 0
    number = 0
    for piece in stream:
        # a text of an old Mac has carriage returns only: one huge line to everybody else
        parts = piece.splitlines(keepends=True) if number == 0 and not piece.endswith(b"\n") else [piece]
        for part in parts if all(p.endswith((b"\r", b"\n")) for p in parts[:-1]) else [piece]:
            number += 1
            yield _Line(number, offset, part)
            offset += len(part)


def _assemble(lines: _Lines, line: _Line, split: _Splitter, columns: int) -> tuple[list[bytes], int]:
    """The cells of the record that begins with `line`, and how many further lines it fills."""
    text = line.text
    extra = 0
    while True:
        try:
            cells = split(text.rstrip(b"\r\n"))
        except _Open:
            following = lines.ahead(extra)
            if following is None or extra >= _JOINED or len(text) > LONGEST:
                raise _Malformed("a quote is opened and never closed") from None
            text += following.text
            extra += 1
            continue
        except _Malformed:
            if extra:
                raise _Malformed("a quote is opened and not closed properly") from None
            raise
        if extra and len(cells) != columns:
            raise _Malformed("a quote is opened and not closed properly")
        return cells, extra


class _Splitter:
    """Takes a record apart the way a strict reader does."""

    def __init__(self, sep: bytes, mark: bytes) -> None:
        self._sep, self._mark = sep, mark
        q = re.escape(mark)
        self._quoted = re.compile(rb" *%b([^%b]*(?:%b%b[^%b]*)*)%b(?!%b) *" % (q, q, q, q, q, q, q), re.DOTALL)
        self._begins = re.compile(rb" *%b" % q)

    def __call__(self, text: bytes) -> list[bytes]:
        cells = []
        at = 0
        while True:
            if self._begins.match(text, at):
                match = self._quoted.match(text, at)
                if match is None:
                    raise _Open
                at = match.end()
                if at < len(text) and not text.startswith(self._sep, at):
                    raise _Malformed("text after a closing quote")
                cells.append(match[1].replace(self._mark * 2, self._mark))
            else:
                end = text.find(self._sep, at)
                cells.append(text[at:] if end < 0 else text[at:end])
                at = len(text) if end < 0 else end
            if at >= len(text):
                return cells
            at += len(self._sep)


def _splitter(sep: bytes, mark: bytes) -> _Splitter:
    return _Splitter(sep, mark)


def _fitted(cells: list[bytes], columns: int) -> list[bytes]:
    """Exactly as many cells as the header has; what is beyond must be empty."""
    if len(cells) < columns or any(cells[columns:]):
        raise _Malformed(f"{len(cells)} cells where the header has {columns}")
    return cells[:columns]


def _check(cells: list[bytes]) -> None:
    if sum(map(len, cells)) > LONGEST:
        raise _Malformed(f"longer than {LONGEST} bytes")
    for cell in cells:
        if not cell.isascii():
            try:
                cell.decode("utf-8")
            except UnicodeDecodeError:
                raise _Malformed("not valid UTF-8") from None


def _quoted(cell: bytes, sep: bytes, mark: bytes) -> bytes:
    if mark in cell or sep in cell or b"\n" in cell or b"\r" in cell or cell.startswith(b" "):
        return mark + cell.replace(mark, mark * 2) + mark
    return cell
