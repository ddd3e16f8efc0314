"""CSV and documents as text -> the same text without what speaks of one person; every other byte stays."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Callable, Iterable, Iterator

GONE = "forgotten"
"""What stands where a person was named."""


def without_rows(text: str, is_meant: Callable[[dict[str, str]], bool]) -> tuple[str, int]:
    """A CSV with a header without the rows that are meant, and how many those were."""
    records = list(_records(text))
    if not records:
        return text, 0
    columns = next(csv.reader([records[0].lstrip("\ufeff")]), [])
    kept, gone = [records[0]], 0
    for written in records[1:]:
        cells = next(csv.reader(io.StringIO(written, newline="")), [])
        if cells and is_meant(dict(zip(columns, cells, strict=False))):
            gone += 1
        else:
            kept.append(written)
    return "".join(kept), gone


def without_words(text: str, words: Iterable[str]) -> tuple[str, int]:
    """A document in which none of some words stands, as it is or as HTML and JSON write it, and how often one stood there."""
    count = 0
    for word in words:
        forms = dict.fromkeys(
            (word, html.escape(word), json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1])
        )
        for form in forms:
            count += text.count(form)
            text = text.replace(form, GONE)
    return text, count


def _records(text: str) -> Iterator[str]:
    """The records of a CSV as they are written, each with its line feed: one in quotes may run over several lines."""
    whole = ""
    for line in io.StringIO(text, newline="\n"):
        whole += line
        if whole.count('"') % 2 == 0:
            yield whole
            whole = ""
    if whole:
        yield whole
