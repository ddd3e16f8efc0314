"""the beginning of a text -> whether it is an access log; whether its first line, taken for a header, is a record already.

A record has what no name of a column is: a mailbox, a day, an amount, a number. Where the line below it has a cell of the same kind
in the same column, the line above was no header. A header of days or years, as wide tables have it, has numbers below.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from cxunify.config import presets
from cxunify.ingest import streams
from cxunify.ingest.find import Extract
from cxunify.ingest.named import listed
from cxunify.ingest.probe import Layout
from cxunify.ingest.rewrite import is_logged

_LOOKED = 20
"""Lines of a text that are looked at."""
_KINDS = {
    "mailbox": re.compile(r"\S+@\S+\.\w{2,}"),
    "day": re.compile(r"\d{4}-\d\d?-\d\d?([T ].*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}( .*)?"),
    "amount": re.compile(r"-?\d+[.,]\d{1,4}"),
    "number": re.compile(r"(?!(19|20)\d\d$)\d{3,}"),
    "telephone": re.compile(r"\+[\d ()/.-]{7,}"),
}


def is_access_log(extract: Extract) -> bool:
    """Whether the first lines of a file are those that web servers write; a few may be torn."""
    lines = [line for line in _text(extract).splitlines()[:_LOOKED] if line.strip()]
    return bool(lines) and sum(map(is_logged, lines)) >= 0.9 * len(lines)


def is_record(extract: Extract, layout: Layout) -> bool:
    """Whether what was taken for the header of a delimited text is a record."""
    dialect = layout.dialect
    if dialect is None or extract.format != "csv":
        return False
    below = _text(extract).splitlines()[dialect.skip_lines + dialect.header_lines :][:_LOOKED]
    rows = [row for row in csv.reader(below, delimiter=dialect.delimiter, quotechar=dialect.quote or None) if row]
    return bool(rows) and any(
        _alike(name, [row[at] for row in rows if at < len(row)]) for at, name in enumerate(layout.headers)
    )


def names_of(extract: Extract, layout: Layout) -> tuple[tuple[str, ...], Path | None]:
    """The names that a preset gives to a file without a header of as many columns; and the file beside it that has them, if any.

    No names where no preset was made for such a file.
    """
    for preset in presets().values():
        stated = preset.mapping.get("csv", {})
        if stated.get("header", True):
            continue
        if isinstance(stated["names"], list):
            names, beside = tuple(stated["names"]), None
        else:
            beside = extract.path.parent / stated["names"]["file"]
            names = listed(beside.read_text(encoding="utf-8-sig", errors="replace")) if beside.is_file() else ()
        if len(names) == len(layout.headers):
            return names, beside
    return (), None


def _alike(name: str, cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and any(
        kind.fullmatch(name.strip()) and sum(bool(kind.fullmatch(cell)) for cell in filled) >= 0.8 * len(filled)
        for kind in _KINDS.values()
    )


def _text(extract: Extract) -> str:
    beginning = streams.head(extract)
    return beginning.decode(streams.encoding_of(beginning), "replace").lstrip("\ufeff")
