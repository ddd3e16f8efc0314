"""a stream of bytes -> its physical lines, none of them kept beyond what a record may have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

LONGEST = 2_000_000
"""Bytes of the longest record; beyond it DuckDB's reader gives up, and whoever reads on fills the memory with one cell."""
_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text with its line end; of one that is too long, no more than its beginning."""

    number: int
    offset: int
    text: bytes

    @property
    def overlong(self) -> bool:
        """Whether it is longer than a record may be, and cut off."""
        return len(self.text) > LONGEST


def lines(stream: IO[bytes], *, macintosh: bool = True) -> Iterator[Line]:
    """The lines of a stream; those of an old Mac, which end in carriage returns only, where the format knows such a thing."""
    first = stream.readline(LONGEST + 1)
    if macintosh and b"\r" in first[:-1] and not first.endswith(b"\n"):
        yield from _returns(stream, first)
        return
    number, offset, piece = 0, 0, first
    while piece:
        number += 1
        yield Line(number, offset, piece)
        offset += len(piece)
        while len(piece) > LONGEST and not piece.endswith(b"\n"):
            piece = stream.readline(LONGEST + 1)  # the rest of a line that is too long is passed over
            offset += len(piece)
        piece = stream.readline(LONGEST + 1)


def _returns(stream: IO[bytes], beginning: bytes) -> Iterator[Line]:
    """The lines of a text that ends them in carriage returns: one huge line to everybody else."""
    number, offset, held = 0, 0, beginning
    more = True
    while more:
        block = stream.read(_BLOCK)
        more = bool(block)
        *whole, held = (held + block).splitlines(keepends=True) or [b""]
        if not more:
            whole, held = [*whole, held], b""
        for text in filter(None, whole):
            number += 1
            yield Line(number, offset, text[: LONGEST + 1])
            offset += len(text)
        if len(held) > LONGEST:
            number += 1
            yield Line(number, offset, held[: LONGEST + 1])
            held, passed, more = _beyond(stream, held)
            offset += passed


def _beyond(stream: IO[bytes], held: bytes) -> tuple[bytes, int, bool]:
    """What follows a line that is too long, how many bytes that line had, and whether there is more."""
    passed = len(held)
    while block := stream.read(_BLOCK):
        line, sign, rest = block.partition(b"\r")
        passed += len(line) + len(sign)
        if sign:
            return rest, passed, True
    return b"", passed, False
