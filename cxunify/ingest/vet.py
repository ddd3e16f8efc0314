"""bytes of an extract -> what the fast reader would let pass: counts of a delimited text's marks, lines that are no JSON.

DuckDB's readers are strict but for a few things. An empty cell too many at a row's end is passed over, though the cells before
it may have moved; of JSON, NaN and Infinity, a comma before a closing bracket, and a line that is `null` are taken. To look for
these costs next to nothing where there are none. It is also a first pass over all of a compressed extract, whose guard then
refuses it before DuckDB unpacks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cxunify.ingest import documents, streams
from cxunify.ingest.dialect import Dialect
from cxunify.ingest.find import Extract
from cxunify.ingest.lines import LONGEST

_BLOCK = 2**20
_COMMA = re.compile(rb",[ \t\r]*[]}]")
_NO_OBJECT = re.compile(rb"\n[^{\n]")
_BLANK = re.compile(rb"[\x0b\x0c]")
"""No blanks to JSON, though to others."""
_NO_NUMBERS = (b"nan", b"inf")


@dataclass(frozen=True)
class Counted:
    """The marks of a delimited text below its header."""

    delimiters: int
    quotes: int
    quoting: bool
    """Some cell begins with a quote."""


def count(extract: Extract, dialect: Dialect) -> Counted:
    """Count the marks of a text in UTF-8. Raises InputError for an archive that is broken or a bomb."""
    delimiter, quote = dialect.delimiter.encode(), dialect.quote.encode()
    begins = (delimiter + quote, b"\n" + quote, b"\r" + quote)
    delimiters = quotes = 0
    quoting = False
    with streams.open_bytes(extract) as stream:
        block = stream.read(streams.HEAD)
        above = block.splitlines(keepends=True)[: dialect.skip_lines + dialect.header_lines]
        last, block = b"\n", block[sum(map(len, above)) :]
        while block:
            delimiters += block.count(delimiter)
            delimiters += len(delimiter) > 1 and (last + block[:1])[-len(delimiter) :] == delimiter
            here = block.count(quote)
            quotes += here
            quoting = quoting or (here > 0 and any(mark in last + block for mark in begins))
            last = block[-len(delimiter) :]
            block = stream.read(_BLOCK)
    return Counted(delimiters, quotes, quoting)


def is_json(extract: Extract, *, words: bool = True) -> bool:
    """Whether every line that could be looser than JSON is an object to the letter. Raises InputError like `count`.

    Without `words`, NaN and Infinity are not looked for: who has read the lines sees at once whether a cell says so.
    """
    for block in _whole_lines(extract):
        if len(block) > LONGEST + _BLOCK:
            return False
        if not all(map(documents.is_object, _doubtful(block, words=words))):
            return False
    return True


def _doubtful(block: bytes, *, words: bool) -> Iterator[bytes]:
    """The lines of a block that have to be looked at: each pattern by itself, which is faster than all of them in one."""
    places = [match.start() for match in _COMMA.finditer(block)]
    places += [match.end() - 1 for match in _NO_OBJECT.finditer(block)]
    places += [0] if not block.startswith(b"{") else []
    if b"\x0b" in block or b"\x0c" in block:
        places += [match.start() for match in _BLANK.finditer(block)]
    lower = block.lower() if words else b""
    for word in _NO_NUMBERS:
        at = lower.find(word)
        while at >= 0:
            before = lower[max(at - 64, 0) : at].rstrip(b" \t\r-")
            places += [at] if before[-1:] in {b":", b",", b"[", b""} else []
            at = lower.find(word, at + 1)
    end = -1
    for place in sorted(places):
        if place > end:
            end = block.find(b"\n", place)
            end = len(block) if end < 0 else end
            line = block[block.rfind(b"\n", 0, place) + 1 : end]
            if line.strip(b" \t\r"):
                yield line


def _whole_lines(extract: Extract) -> Iterator[bytes]:
    """Blocks of an extract that end where a line ends; one that is far too long for a line is the last."""
    with streams.open_bytes(extract) as stream:
        block = stream.read(_BLOCK).removeprefix(b"\xef\xbb\xbf")
        while block:
            block += stream.readline(LONGEST + _BLOCK)
            yield block
            if len(block) > LONGEST + _BLOCK:
                break
            block = stream.read(_BLOCK)
