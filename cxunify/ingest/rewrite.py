"""a text that is not delimited -> a private CSV of it, line for line: access logs, columns of fixed width or parted by blanks.

A line that is not as it should be has another number of cells in the copy than the columns are: whoever reads it rejects it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime
from typing import IO

from cxunify.config import Csv

LOG = ("ip", "user", "time", "method", "path", "status", "bytes", "referrer", "agent")
"""The columns of an access log."""
_SAID = r'"((?:[^"\\]|\\.)*)"'
_COMBINED = re.compile(rf"(\S+) \S+ (.+?) \[([^\]]+)\] {_SAID} (\d{{3}}) (\d+|-)(?: {_SAID} {_SAID})?\s*")
_REQUEST = re.compile(r"([A-Z]+) (\S+)(?: \S+)?")

Cells = list[str]


def splitter(format_: str, written: Csv) -> Callable[[str], Cells] | None:
    """What takes a line of such a text apart; None for a text that needs no rewriting."""
    if format_ == "access_log":
        return _logged
    if written.widths:
        return lambda line: _cut(line, written.widths)
    return str.split if written.delimiter == "whitespace" else None


def is_logged(line: str) -> bool:
    """Whether a line is one of an access log."""
    return len(_logged(line.rstrip("\r\n"))) == len(LOG)


def rewrite(stream: IO[bytes], out: IO[bytes], split: Callable[[str], Cells], encoding: str) -> None:
    """Copy a text, each line as a line of CSV in UTF-8. A byte that is no text stays one that is none."""
    strict = "surrogateescape" if encoding.startswith("utf-8") else "strict"
    text_of = io.TextIOWrapper(stream, encoding, strict, newline=None)
    for line in text_of:
        text = line.rstrip("\n")
        row = io.StringIO()
        if text.strip():
            csv.writer(row, lineterminator="").writerow(split(text))
        out.write(row.getvalue().encode("utf-8", strict) + b"\n")
    text_of.detach()  # who opened the stream closes it


def _logged(line: str) -> Cells:
    """A line of the combined log format (or the common one, without referrer and agent), as Apache and nginx write it."""
    found = _COMBINED.fullmatch(line)
    if found is None:
        return [line]
    ip, user, at, request, status, size, referrer, agent = found.groups("-")
    try:
        at = datetime.strptime(at, "%d/%b/%Y:%H:%M:%S %z").isoformat()
    except ValueError:
        return [line]
    asked = _REQUEST.fullmatch(request)
    method, path = asked.groups() if asked else ("", request)
    return [
        ip,
        *("" if cell == "-" else _plain(cell) for cell in (user, at, method, path, status, size, referrer, agent)),
    ]


def _plain(cell: str) -> str:
    return cell.replace('\\"', '"').replace("\\\\", "\\") if "\\" in cell else cell


def _cut(line: str, widths: tuple[int, ...]) -> Cells:
    """The cells of a line by their widths, without the blanks around. Blanks at its end may be missing, and no other column."""
    cells: Cells = []
    at = 0
    for width in widths:
        if at > len(line) or (at == len(line) and len(cells) < len(widths) - 1):
            return cells
        cells.append(line[at : at + width].strip())
        at += width
    return [*cells, line[at:].strip()] if line[at:].strip() else cells
