"""What the program says of a number agrees with it: one row is no `1 rows`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxunify.schema.words import counted
from tests.test_architecture import MODULES, PACKAGE

NOUNS = {
    "addresses", "alarms", "amounts", "answers", "assignments", "cases", "cells", "changes", "characters", "checks", "columns",
    "conflicts", "countries", "currencies", "customers", "days", "decisions", "duplicates", "elements", "errors", "events",
    "experiments", "fields", "files", "folders", "formats", "formulas", "gaps", "hours", "ids", "interactions", "joins", "keys",
    "labels", "letters", "lines", "lists", "mailboxes", "messages", "months", "names", "numbers", "orders", "outcomes", "pages",
    "pairs", "people", "persons", "places", "problems", "purchases", "receipts", "records", "rejects", "returns", "rows",
    "serials", "sheets", "signs", "sources", "tables", "times", "values", "visits", "weeks", "words", "years", "zones",
}  # fmt: skip
_AGREE = {"counted", "count", "_days", "money", "percent"}
"""What says a number together with its noun, or is no number of things."""
_MANY = {
    "ran", "known['window_days']", "len(error.problems)", "len(extracts)", "len(gaps)", "documents.PLACES", "documents.MOST_KEYS",
    "merge.records", "number", "total.interactions", "' + '.join((f'{part:,}' for part in split.parts))",
    "sum((other['field'] == row['field'] for other in contested))",
}  # fmt: skip
"""Of these there are always several, or the line above has asked."""
_NO_NUMBER = {"name", "shown", "path.name", "gap.keys"}
_SQL = re.compile(r"\bselect\b.*\bfrom\b|\bover \(|\binsert into\b|::| values \(", re.DOTALL)


def _said(path: Path) -> Iterator[str]:
    """The numbers in texts of a module that stand before a noun in the plural, whatever they are."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.JoinedStr):
            continue
        if _SQL.search("".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))):
            continue
        for number, text in zip(node.values, node.values[1:], strict=False):
            if not isinstance(number, ast.FormattedValue) or not isinstance(text, ast.Constant):
                continue
            value = number.value
            agrees = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _AGREE
            words = re.match(r" ([a-z]+)(?: ([a-z]+))?\b", str(text.value))
            written = ast.unparse(value)
            if (
                words
                and NOUNS & set(words.groups())
                and not (agrees or written.isupper() or written in _MANY | _NO_NUMBER)
            ):
                yield f"line {node.lineno}: {{{written}}}{text.value[:30]}"


def test_there_is_much_to_look_at() -> None:
    assert len(list(_said(Path(__file__)))) == 1, f"{len(MODULES)} rows"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_noun_in_the_plural_follows_a_number_that_may_be_one(path: Path) -> None:
    assert list(_said(path)) == []


def test_a_count_agrees_with_its_noun() -> None:
    assert [counted(n, "row") for n in (0, 1, 2, 1200)] == ["0 rows", "1 row", "2 rows", "1,200 rows"]
    assert counted(1, "row repeats", "rows repeat") == "1 row repeats"
