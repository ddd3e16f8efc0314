"""nothing -> a clean table, and the same table as texts that are each polluted in one way; what came of each, cell by cell.

The ways are the standard ones of Vitagliano et al., Pollock: A Data Loading Benchmark (PVLDB 16, 2023): of the whole file (its
dialect, its encoding, what stands around the table) and of one row in it. The table and the texts are our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

HEADER = ("id", "name", "city", "note", "price", "at", "link")
_NAMES = ("Ana López", "Zoë", "O'Hara", "Müller-Lüdenscheidt", "Jo")
_NOTES = ("", "likes tea, coffee", 'says "hi"', "two\nlines", "50 % off; until May", "a | b", "it's fine")

Table = tuple[tuple[str, ...], ...]

TABLE: Table = tuple(
    (
        f"{number:05}",
        _NAMES[number % 5],
        "" if number % 4 == 0 else ("Köln", "Málaga", "Aix")[number % 3],
        _NOTES[number % 7],
        f"{number * 7 % 90}.{number % 100:02}",
        f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}",
        f"https://example.com/p?id={number}&c=a",
    )
    for number in range(1, 85)
)
"""As many rows as the benchmark's table has: leading zeros, marks of every dialect, line breaks, empty cells, accents."""


@dataclass(frozen=True)
class Writing:
    """A dialect, as who writes a table knows it."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    ends: tuple[str, ...] = ("\n",)
    """Line ends, in turn."""
    always: bool = False
    """Every cell is in quotes."""

    def row(self, cells: tuple[str, ...]) -> str:
        """A row without its end."""
        return self.delimiter.join(map(self.cell, cells))

    def cell(self, cell: str) -> str:
        """A cell, in quotes where it must be."""
        must = self.always or any(sign in cell for sign in (self.delimiter, self.quote, "\n", "\r"))
        if not self.quote or not must:
            return cell
        return self.quote + cell.replace(self.quote, self.escape + self.quote) + self.quote

    def text(self, rows: list[str]) -> str:
        """The rows as a text."""
        return "".join(row + self.ends[place % len(self.ends)] for place, row in enumerate(rows))


@dataclass(frozen=True)
class Polluted:
    """A text, and the table that it says."""

    name: str
    content: bytes
    table: Table = TABLE
    header: bool = True
    records: int | None = None
    """Records that stand in the text, where that is not the table's rows."""


def polluted() -> Iterator[Polluted]:
    """The clean text, and one text for each pollution."""
    yield from _dialects()
    yield from _surroundings()
    for place in (0, 1, len(TABLE) // 2, len(TABLE) - 2, len(TABLE) - 1):
        yield from _rows(place)
    for place in (0, len(TABLE) // 3, len(TABLE) - 2):
        yield from _signs(place)


def _written(name: str, writing: Writing, table: Table = TABLE, encoding: str = "utf-8") -> Polluted:
    return Polluted(name, writing.text([writing.row(row) for row in (HEADER, *table)]).encode(encoding), table)


def _dialects() -> Iterator[Polluted]:
    plain = Writing()
    yield _written("clean", plain)
    for sign in (";", "\t", "|", ":", "^", "~", " ", "\x1f"):
        yield _written(f"delimiter {sign!r}", replace(plain, delimiter=sign))
    yield _written("all quoted", replace(plain, always=True))
    yield _written("quote '", replace(plain, quote="'", escape="'"))
    yield _written("all quoted by '", replace(plain, quote="'", escape="'", always=True))
    bare = tuple(tuple(cell.replace("\n", " ").replace(",", "") for cell in row) for row in TABLE)
    yield _written("no quotes", replace(plain, quote=""), bare)
    yield _written("backslash", replace(plain, escape="\\"))
    for ends in (("\r\n",), ("\r",), ("\n", "\r\n")):
        yield _written(f"line ends {ends!r}", replace(plain, ends=ends))
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"):
        yield _written(encoding, plain, encoding=encoding)


def _surroundings() -> Iterator[Polluted]:
    header, *rows = (_LINE.row(cells) for cells in (HEADER, *TABLE))
    yield _of("one preamble line", ["Customers of May", header, *rows])
    yield _of("preamble", ["Report: customers", "Made on: 2025-06-01", "", header, *rows])
    yield _of("preamble of cells", ["Report,,,,,,", "Made on,2025-06-01,,,,,", ",,,,,,", header, *rows])
    yield replace(_of("no header", rows), header=False)
    yield _of("blank lines", [line for row in (header, *rows) for line in (row, "")])
    yield _of("blank lines at the end", [header, *rows, "", ""])
    yield _of("blank lines at the beginning", ["", "", header, *rows])
    yield replace(_of("no line end at the end", [header, *rows]), content=_bytes([header, *rows])[:-1])
    yield _of("trailing delimiters", [f"{row}," for row in (header, *rows)])
    yield _of("trailing delimiters below the header", [header, *(f"{row}," for row in rows)])
    yield _of("blanks after delimiters", [", ".join(map(_LINE.cell, cells)) for cells in (HEADER, *TABLE)])
    yield _of("footnote", [header, *rows, "84 customers"], records=len(rows) + 1)
    yield _of("footnote after a blank line", [header, *rows, "", "84 customers"], records=len(rows) + 1)
    for place in (1, len(HEADER) - 1):
        yield _of(f"an empty name too many at {place}", [",".join([*HEADER[:place], "", *HEADER[place:]]), *rows])
        yield _of(
            f"a quote opened in name {place}",
            [",".join([*HEADER[:place], f'"{HEADER[place]}', *HEADER[place + 1 :]]), *rows],
        )
    yield _of("one row", [header, rows[0]], TABLE[:1])
    yield _of("no rows", [header], ())


def _rows(place: int) -> Iterator[Polluted]:
    rows = [_LINE.row(cells) for cells in (HEADER, *TABLE)]
    cells = list(map(_LINE.cell, TABLE[place]))
    first = cells[0]
    strays = {
        "a quote opened": f'"{first}',
        "a quote closed": f'{first}"',
        "a quote within": f'{first[:2]}"{first[2:]}',
    }
    for name, cell in strays.items():
        table = (*TABLE[:place], (cell, *TABLE[place][1:]), *TABLE[place + 1 :])
        yield _of(f"{name}, row {place}", [*rows[: place + 1], ",".join([cell, *cells[1:]]), *rows[place + 2 :]], table)
    for name, made in {
        "a cell too many": [*cells, "x"],
        "an empty cell too many": [*cells, ""],
        "an empty cell too many at its beginning": ["", *cells],
        "a cell too few": cells[:-1],
        "a cell too few at its beginning": cells[1:],
        "other delimiters": [";".join(cells)],
        "cut off": [f'"{TABLE[place][0]}", "'],
    }.items():
        yield _of(f"{name}, row {place}", [*rows[: place + 1], ",".join(made), *rows[place + 2 :]])


def _strayed(place: int, at: int) -> Table:
    """The table with a quote before what one of its cells says: it is a sign of the cell like others."""
    row = TABLE[place]
    return (*TABLE[:place], (*row[:at], f'"{row[at]}', *row[at + 1 :]), *TABLE[place + 1 :])


def _signs(place: int) -> Iterator[Polluted]:
    """One sign too many or too few, at each of a row's cells."""
    rows = [_LINE.row(cells) for cells in (HEADER, *TABLE)]
    cells = list(map(_LINE.cell, TABLE[place]))
    for at in range(len(HEADER)):
        for name, made in {
            "a delimiter too many": [*cells[:at], "", *cells[at:]],
            "a quote too many": [*cells[:at], f'"{cells[at]}', *cells[at + 1 :]],
            "a delimiter too few": [*cells[:at], "".join(cells[at : at + 2]), *cells[at + 2 :]],
        }.items():
            lines = [*rows[: place + 1], ",".join(made), *rows[place + 2 :]]
            yield _of(f"{name}, row {place}, cell {at}", lines, _strayed(place, at) if "quote" in name else TABLE)


_LINE = Writing()


def _bytes(lines: list[str]) -> bytes:
    return _LINE.text(lines).encode()


def _of(name: str, lines: list[str], table: Table = TABLE, records: int | None = None) -> Polluted:
    return Polluted(name, _bytes(lines), table, records=records)
