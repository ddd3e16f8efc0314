"""head of a delimited text -> Dialect: delimiter, header and where it stands, found with the help of the mapping's names."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from typing import Any

from cxunify.config import Csv
from cxunify.vocabulary.headers import fold

DELIMITERS = (",", ";", "\t", "|")
_ODD = (":", "^", "~", "\x1f", "\x01", " ")
"""Delimiters that signs within cells are more often: believed only where the mapping's names stand between them."""
_LINES = 60
"""How far down a header is looked for."""
_STEADIEST = 11
"""The most that `_steadiness` is."""
_NAMED = 900
"""The score from which on one of the mapping's names is in a header."""
_LIMIT = 2**21
_TORN = 3
"""Names from which on their number says that a header is one, though something is the matter with it."""
_MOSTLY = 0.9
"""The share of rows that must have a blank behind each delimiter for it to be part of that."""
_UNUSED = "\x1e"
"""A sign that stands for a delimiter of two while lines are looked at."""


@dataclass(frozen=True)
class Dialect:
    """How a delimited text is written."""

    delimiter: str
    quote: str
    skip_lines: int
    """Lines above the header."""
    header: tuple[str, ...]
    header_lines: int
    """Lines that the header fills; more than one when a name holds a line break; none where there is no header."""
    header_rows: int = 1
    """Rows of the header, which may be lines of several."""
    escape: str = ""
    """What stands before quotes within a cell, where that is said; otherwise they are doubled, or found out as rows are read."""
    note: str = ""
    """What was the matter with the header."""

    def without_blanks(self) -> Dialect:
        """The same, where blanks behind delimiters belong to the cells: it may be that not all rows have them."""
        return replace(self, delimiter=self.delimiter[:1])


def detect(text: str, wanted: Iterable[str], stated: Csv, *, tabs: bool = False) -> Dialect | None:
    """The dialect of a text that begins with `text`; None when there is no header in it.

    What is `stated` is used as stated. Otherwise the header is the line, and the delimiter the one, under which most of the
    `wanted` names appear; when none does, the pair under which the lines below have as many cells as the header.
    """
    text = text.removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = _detect(lines, wanted, stated, stated.quote or '"', tabs=tabs)
    if not stated.quote and found is not None and _single(lines, found):
        found = _detect(lines, wanted, stated, "'", tabs=tabs)
    if found is None:
        return None
    return _without_gap(lines, found if stated.delimiter else _spaced(lines, found))


def _spaced(lines: list[str], found: Dialect) -> Dialect:
    """The same dialect, where a blank follows each delimiter: it belongs to that, not to the cell behind it."""
    wide = f"{found.delimiter} "
    seen = [line.replace(wide, _UNUSED) for line in lines]
    if wide == "  " or seen == lines or found.header_rows > 1 or any(_UNUSED in line for line in lines):
        return found
    below = _cells(seen, found.skip_lines + found.header_lines, _UNUSED, found.quote)
    header = _record(seen, found.skip_lines, _UNUSED, found.quote) if found.header_lines else (found.header, 0)
    width = len(found.header)
    if width < 2 or header is None or len(header[0]) != width or below[width] < _MOSTLY * below.total():
        return found
    if not below and not found.header_lines:
        return found
    return replace(found, delimiter=wide, header=tuple(header[0]))


def _without_gap(lines: list[str], found: Dialect) -> Dialect:
    """The same dialect, where one name of the header is empty and the rows have a cell less: it names nothing."""
    gaps = [place for place, name in enumerate(found.header) if not name.strip()]
    if len(gaps) != 1 or found.header_rows > 1 or len(found.header) < _TORN:
        return found
    seen = [line.replace(found.delimiter, _UNUSED) for line in lines] if len(found.delimiter) > 1 else lines
    sign = found.delimiter if seen is lines else _UNUSED
    below = _cells(seen, found.skip_lines + found.header_lines, sign, found.quote)
    if not below or below[len(found.header) - 1] < _MOSTLY * below.total():
        return found
    names = tuple(name for name in found.header if name.strip())
    return replace(
        found, header=names, note="the header has an empty name more than the rows have cells: it is passed over"
    )


def _detect(lines: list[str], wanted: Iterable[str], stated: Csv, quote: str, *, tabs: bool) -> Dialect | None:
    """The dialect of a text whose quote is known."""
    if not stated.header:
        return _headless(lines, stated, quote, tabs=tabs)
    names = {fold(name) for name in wanted}
    first = lines[0].strip()
    declared = first[4:5] if first.lower().startswith("sep=") and len(first) <= 5 else ""
    if declared or first.lower() == "sep=":
        fixed, least = stated.delimiter or declared or ("\t" if tabs else ","), max(stated.skip_lines, 1)
    else:
        fixed, least = stated.delimiter or "", stated.skip_lines
    starts = [least] if stated.skip_lines or declared else list(_starts(lines, least))
    delimiters = (fixed,) if fixed else ("\t", *DELIMITERS[:2], "|") if tabs else DELIMITERS
    best = _best(lines, names, starts, delimiters, quote)
    if not fixed and names and (best is None or best[0] < _NAMED):
        odd = _best(lines, names, starts, _ODD, quote)
        best = odd if odd is not None and odd[0] >= _NAMED and odd[0] % 1000 > _STEADIEST / 2 else best
    return _headed(best[1], lines, stated.header_rows) if best else None


def _best(
    lines: list[str], names: set[str], starts: list[int], delimiters: Iterable[str], quote: str
) -> tuple[float, Dialect] | None:
    """The best pair of a line and a delimiter with its score: what counts is how many of the `names` it has."""
    best: tuple[float, Dialect] | None = None
    for delimiter in delimiters:
        for start in starts:
            torn = False
            row = _record(lines, start, delimiter, quote)
            if row is None and (names_ := _torn(lines, start, delimiter, quote)):
                row, torn = (names_, 1), True
            if row is None or not any(cell.strip() for cell in row[0]):
                continue
            cells, filled = row
            score = len(names & {fold(cell) for cell in cells}) * 1000 - start * 0.001
            if best is not None and score + _STEADIEST < best[0]:
                continue  # however steady the lines below are
            score += _steadiness(lines, start + filled, delimiter, quote, len(cells)) if len(cells) > 1 else 0.5
            if best is None or score > best[0]:
                note = "a quote that strays in the header is passed over" if torn else ""
                best = (score, Dialect(delimiter, quote, start, tuple(cells), filled, note=note))
    return best


def _single(lines: list[str], found: Dialect) -> bool:
    """Whether the text has its cells in single quotes, of which double ones are found to make nothing.

    So it is when all that a column says stands in them, or when more of the rows have as many cells as the header with them.
    """
    above = found.skip_lines + found.header_lines
    text = "\n".join(lines[found.skip_lines : above + _LINES])
    sign = re.escape(found.delimiter)
    if not re.search(rf"(?m)(?:^|{sign})'", text) or re.search(rf'(?m)(?:^|{sign})"', text):
        return False
    rows = list(islice(_reader(lines, above, found.delimiter, found.quote, strict=False), _LINES))
    columns = zip_longest(*rows, fillvalue="")
    wholes = [[cell for cell in column if cell] for column in columns]
    often = (cells for cells in wholes if cells and len(cells) * 2 > len(rows))
    if any(all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in cells) for cells in often):
        return True
    width = len(found.header)
    plain, single = (_steadiness(lines, above, found.delimiter, quote, width) for quote in (found.quote, "'"))
    return single > plain


def _headless(lines: list[str], stated: Csv, quote: str, *, tabs: bool) -> Dialect | None:
    """The dialect of a text without a header: the delimiter under which most lines have as many cells, and more than one."""
    most: tuple[float, Dialect] | None = None
    for delimiter in (stated.delimiter,) if stated.delimiter else ("\t", ",", ";", "|") if tabs else DELIMITERS:
        counts = _cells(lines, stated.skip_lines, delimiter, quote)
        if not counts:
            continue
        [(cells, lines_alike)] = counts.most_common(1)
        listed = stated.names if isinstance(stated.names, tuple) else ()
        names = listed or tuple(f"column_{place}" for place in range(1, cells + 1))
        score = lines_alike / counts.total() + min(cells, 50) / 50 if cells > 1 else 0
        if most is None or score > most[0]:
            most = (score, Dialect(delimiter, quote, stated.skip_lines, names, 0))
    return most[1] if most else None


def _headed(found: Dialect, lines: list[str], rows: int | None) -> Dialect:
    """The same dialect, where the header fills several rows: as many as stated, or as the vendors write who do so."""
    read: list[tuple[list[str], int]] = [(list(found.header), found.skip_lines + found.header_lines)]
    while len(read) < (rows or 3) and (row := _record(lines, read[-1][1], found.delimiter, found.quote)):
        read.append((row[0], read[-1][1] + row[1]))
    if rows is None:
        read = read[: 3 if _imported(read) else 2 if _options(read) else 1]
    if len(read) == 1:
        return found
    below, at = [cells for cells, _ in read], read[-1][1]
    names = tuple(
        next((row[place] for row in below if place < len(row) and row[place].strip()), "")
        for place in range(len(found.header))
    )
    return replace(found, header=names, header_lines=at - found.skip_lines, header_rows=len(below))


def _options(read: list[tuple[list[str], int]]) -> bool:
    """Whether a second row holds the options of answers, as SurveyMonkey has it below the questions."""
    if len(read) < 2 or fold(read[0][0][0]) != "respondent id" or any(cell.strip() for cell in read[1][0][:1]):
        return False
    return bool({"response", "open-ended response"} & set(map(fold, read[1][0])))


def _imported(read: list[tuple[list[str], int]]) -> bool:
    """Whether a third row holds the ids of an import, as Qualtrics has it below ids and questions."""
    return len(read) == 3 and any(cell.startswith('{"ImportId":') for cell in read[2][0])


def unique(headers: Iterable[str]) -> list[str]:
    """Column names for a table: the header's own, numbered where they repeat (in any case) or collide with ours."""
    taken = {"file_id", "source_row"}
    names = []
    for place, header in enumerate(headers, 1):
        base = name = header.replace("\ufeff", "").replace("\x00", "").strip() or f"column_{place}"
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(name.casefold())
        names.append(name)
    return names


def _starts(lines: list[str], least: int) -> Iterator[int]:
    """The lines that could be the header: the first ones that hold anything."""
    return (number for number, line in enumerate(lines[:_LINES]) if number >= least and line.strip("\t ,;|"))


def _reader(lines: list[str], start: int, delimiter: str, quote: str, *, strict: bool) -> Any:
    csv.field_size_limit(_LIMIT)
    below = (line + "\n" for line in islice(lines, start, None))
    return csv.reader(below, delimiter=delimiter, quotechar=quote, strict=strict)


def _record(lines: list[str], start: int, delimiter: str, quote: str) -> tuple[list[str], int] | None:
    """The record that begins at line `start`, and how many lines it fills."""
    reader = _reader(lines, start, delimiter, quote, strict=True)
    try:
        return next(reader), reader.line_num
    except (csv.Error, StopIteration):
        return None


def _torn(lines: list[str], start: int, delimiter: str, quote: str) -> list[str] | None:
    """The names of a header with a quote too many, where there are as many as the rows below have cells."""
    names = [name.strip().strip(quote) for name in lines[start].split(delimiter)]
    if lines[start].count(quote) % 2 == 0 or len(names) < _TORN or not all(names):
        return None
    below = _cells(lines, start + 1, delimiter, quote)
    return names if below and below[len(names)] >= _MOSTLY * below.total() else None


def _steadiness(lines: list[str], start: int, delimiter: str, quote: str, cells: int) -> float:
    """The share of the lines below that have as many cells as the header, favouring many cells."""
    counts = _cells(lines, start, delimiter, quote)
    share = counts[cells] / counts.total() if counts else 0.5
    return 10 * share + min(cells, 50) / 50


def _cells(lines: list[str], start: int, delimiter: str, quote: str) -> Counter[int]:
    """How many of the lines from `start` on have how many cells."""
    counts: Counter[int] = Counter()
    try:
        filled = (row for row in _reader(lines, start, delimiter, quote, strict=False) if row)
        for row in islice(filled, _LINES):
            counts[len(row)] += 1
    except csv.Error:
        pass
    return counts
