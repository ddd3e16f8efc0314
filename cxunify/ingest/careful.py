"""extract -> a clean copy of its good records, and every other record with a reason: read with care, once more where that helps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cxunify.ingest import documents, streams, vet
from cxunify.ingest.find import Extract
from cxunify.ingest.mend import told
from cxunify.ingest.probe import Layout
from cxunify.ingest.rewrite import LOG
from cxunify.ingest.salvage import Marks, Salvaged, salvage

ALL = 0.9
"""The share of a file's rows that end in an empty cell too many from which on it is the file's own way, not a slip."""


def carefully(extract: Extract, layout: Layout, scratch: Path) -> tuple[Salvaged, Layout]:
    """Read with care: every record is either in the clean copy, a file in `scratch`, or a reject; and how it is written."""
    copy = scratch / f"clean-{extract.source}"
    copy.unlink(missing_ok=True)
    if layout.format == "csv":
        return _salvage_cells(extract, layout, copy)
    with streams.open_bytes(extract) as stream:
        if layout.format == "ndjson":
            return documents.salvage_lines(stream, copy, list(layout.headers)), layout
        return documents.salvage_array(documents.elements(stream), copy, list(layout.headers)), layout


def ways(layout: Layout) -> tuple[Layout, ...]:
    """How a text may be written: as was found; where blanks follow delimiters, not all rows may have them."""
    if layout.dialect is None or len(layout.dialect.delimiter) == 1:
        return (layout,)
    return layout, replace(layout, dialect=layout.dialect.without_blanks())


def _salvage_cells(extract: Extract, layout: Layout, copy: Path) -> tuple[Salvaged, Layout]:
    """Read a delimited text with care, in each of the ways it may be written; what gives the least trouble is right."""
    found = [
        (_unescaped(extract, way, copy.with_name(f"{copy.name}-{place}")), way)
        for place, way in enumerate(ways(layout))
    ]
    best = min(found, key=lambda one: one[0].troubled)
    for salvaged, _ in found:
        if salvaged is not best[0]:
            salvaged.path.unlink()
    return best


def _unescaped(extract: Extract, layout: Layout, copy: Path) -> Salvaged:
    """Read a delimited text with care; once more where that rejects quotes behind a backslash, if fewer are rejected then."""
    assert layout.dialect is not None
    if layout.dialect.escape:
        return _taken_apart(extract, layout, copy, layout.dialect.escape)
    salvaged = _taken_apart(extract, layout, copy, "")
    if not any(f"\\{layout.dialect.quote}" in reject.text for reject in salvaged.rejects):
        return salvaged
    other = _taken_apart(extract, layout, copy.with_name(f"{copy.name}-escaped"), "\\")
    if other.troubled >= salvaged.troubled:
        other.path.unlink()
        return salvaged
    salvaged.path.unlink()
    return replace(other, notes=("a backslash before a quote within a cell is read as its escape",))


def _taken_apart(extract: Extract, layout: Layout, copy: Path, escape: str) -> Salvaged:
    """Read a delimited text with care; once more where it turns out that all of its rows have empty cells too many."""
    assert layout.dialect is not None
    copy.unlink(missing_ok=True)
    skip = layout.dialect.skip_lines + layout.dialect.header_lines
    line = "a line of a combined access log" if layout.copy and layout.headers == LOG else ""
    written = Marks(*marks(layout), quoting=vet.count(extract, layout.dialect).quoting, escape=escape, line=line)
    with streams.open_bytes(extract) as stream:
        salvaged = salvage(stream, copy, written, len(layout.headers), skip)
    salvaged = replace(salvaged, notes=told(salvaged.mended))
    [(surplus, count)] = salvaged.surplus.most_common(1) or [(0, 0)]
    if not surplus or count < ALL * salvaged.surplus.total():
        return salvaged
    copy.unlink()
    with streams.open_bytes(extract) as stream:
        return salvage(stream, copy, replace(written, surplus=surplus), len(layout.headers), skip)


def marks(layout: Layout) -> tuple[str, str]:
    """The delimiter and the quote of a text."""
    return (layout.dialect.delimiter, layout.dialect.quote) if layout.dialect else (",", '"')
