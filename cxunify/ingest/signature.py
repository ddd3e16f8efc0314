"""first bytes -> what a file really is: extracts that are not what their name says are refused with the name of what they are."""

from __future__ import annotations

from cxunify.errors import InputError
from cxunify.ingest.find import Extract

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_COMPRESSED = {"gzip": (_GZIP, ".gz"), "zstd": (_ZSTD, ".zst")}
_KNOWN = (
    (b"PAR1", "a Parquet file", "Name it .parquet, or add `format: parquet` to the source."),
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive", "Name it .xlsx or .zip, or add `format: spreadsheet`."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Name it .xls, or add `format: spreadsheet`."),
    (_GZIP, "compressed with gzip", "Give it a name that ends in .gz."),
    (_ZSTD, "compressed with zstd", "Give it a name that ends in .zst."),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV."),
    (b"%PDF", "a PDF document", "Export the table as CSV."),
)
_CONTROL = frozenset([*range(2, 9), *range(14, 27)])
"""Bytes that no text holds in any number. NUL may stray in, and 1 and 28 to 31 are delimiters to some."""
_MOST_CONTROL = 5
"""Different ones among the first bytes; a text has none, anything else soon has all."""
_SOME = 0.03
"""The share that these and NUL have of what is no text, at the least; a text that quotes each of them once has less."""


def check_compression(extract: Extract) -> None:
    """Raise InputError for a file that is named as compressed and is not."""
    if extract.compression is None:
        return
    mark, ending = _COMPRESSED[extract.compression]
    with extract.path.open("rb") as file:
        if file.read(len(mark)) != mark:
            raise InputError(
                f"source {extract.source}: {extract.name} is named {ending}, but is not compressed so",
                f"Name it without {ending}, or compress it.",
            )


def check_text(extract: Extract, beginning: bytes, *, wide: bool) -> None:
    """Raise InputError for what is no text at all; `beginning` are its first bytes, decompressed; as UTF-16 or 32 where `wide`."""
    for mark, what, fix in _KNOWN:
        if beginning.startswith(mark):
            raise InputError(f"source {extract.source}: {extract.name} is {what}, not {extract.format}", fix)
    first = beginning[:4096]
    control = sum(map(first.count, (0, *_CONTROL)))
    if not wide and len(_CONTROL & set(first)) > _MOST_CONTROL and control > _SOME * len(first):
        raise InputError(
            f"source {extract.source}: {extract.name} is not text",
            "Check that it is the right file, and that it was copied whole.",
        )
