"""a line whose quotes are not as they should be -> its cells, where there is only one way to take it apart.

One quote too many is a sign of its cell: `"00:00` between two delimiters, or `5" pipe` within quotes. What would have to be guessed
stays a reject: lines that can be taken apart in two ways, or that may be the beginning of a cell of several lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

LOOKED = 20
"""Lines behind a broken one that may be the rest of it."""
_LEAST = 3
"""Columns from which on the number of cells says where they end: text of several lines is soon one of two."""
_LONGEST = 2**16
"""Bytes of a line, with those behind it, that are looked at."""

_Way = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Signs:
    """What stands between cells, and around those that hold it."""

    delimiter: bytes
    quote: bytes


def apart(text: bytes, behind: Sequence[bytes], signs: Signs, columns: int) -> list[bytes] | None:
    """The cells of a line; None where it cannot be known what they are. `behind` are the lines that follow, without their ends."""
    if columns < _LEAST or len(text) > _LONGEST:
        return None
    ways = _ways(text, signs, columns)
    if len(ways) != 1:
        return None
    cells = [text[start:end] for start, end in ways[0]]
    if sum(_is_odd(cell, signs) for cell in cells) > 1:
        return None  # two that are torn may be one, before which a delimiter is missing
    joined = text
    for line in behind[:LOOKED]:
        joined += b"\n" + line
        if len(joined) > _LONGEST:
            return None
        if _ways(joined, signs, columns):
            return None
    return [_plain(cell, signs) for cell in cells]


def _ways(text: bytes, signs: Signs, columns: int) -> list[_Way]:
    """The ways, two at most, to take a text apart into so many cells: bare ones, and such as are in quotes.

    Kept is for each place how it can be reached with how many cells, so the cost does not grow with the number of ways.
    """
    reached: dict[int, dict[int, list[_Way]]] = {0: {0: [()]}}
    places, found = [0], []
    while places:
        start = heappop(places)
        here = reached.pop(start)
        for end in _ends(text, start, signs):
            there = end + len(signs.delimiter)
            for cells, ways in here.items():
                longer = [(*way, (start, end)) for way in ways]
                if end == len(text):
                    found += longer if cells + 1 == columns else []
                elif cells + 1 < columns:
                    if there not in reached:
                        heappush(places, there)
                    kept = reached.setdefault(there, {}).setdefault(cells + 1, [])
                    kept += longer[: 2 - len(kept)]
    return found[:2]


def _ends(text: bytes, start: int, signs: Signs) -> list[int]:
    """Where a cell may end."""
    bare = text.find(signs.delimiter, start)
    bare = len(text) if bare < 0 else bare
    ends = [] if b"\n" in text[start:bare] else [bare]
    if text.startswith(signs.quote, start):
        ends += [end for end in _closings(text, start + len(signs.quote), signs) if end not in ends]
    return ends


def _closings(text: bytes, at: int, signs: Signs) -> list[int]:
    """Where a cell in quotes may end: behind the first quote before a delimiter; if that is one of two, perhaps not."""
    ends = []
    width = len(signs.quote)
    while (at := text.find(signs.quote, at)) >= 0:
        if text.endswith(signs.delimiter, 0, at):
            break  # another cell begins here
        pair = text.startswith(signs.quote, at + width)
        at += width * (2 if pair else 1)
        if at == len(text) or text.startswith(signs.delimiter, at):
            ends.append(at)
            if not pair:
                break
    return ends


def _is_odd(cell: bytes, signs: Signs) -> bool:
    whole = len(cell) > 1 and cell.startswith(signs.quote) and cell.endswith(signs.quote)
    return not whole and cell.count(signs.quote) % 2 == 1


def _plain(cell: bytes, signs: Signs) -> bytes:
    """What a cell says: without the quotes around it."""
    quote = signs.quote
    if len(cell) >= 2 * len(quote) and cell.startswith(quote) and cell.endswith(quote):
        return cell[len(quote) : -len(quote)].replace(quote * 2, quote)
    return cell
