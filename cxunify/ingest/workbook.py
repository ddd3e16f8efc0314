"""workbook -> CSV of one of its sheets: a program of its own, run under limits of memory and time, for workbooks are strangers.

It imports nothing of cxunify and takes its task as JSON: `{"path", "sheet", "copy", "answer", "memory", "seconds"}`. In the
file `answer` it says what it found: `{"sheet", "hidden", "errors", "uncalculated"}`, or `{"refused", "names"}`.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import json
import re
import resource
import sys
import zipfile
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

_EXACT = 2**53
"""From here on a workbook's numbers have gaps: it knows no whole numbers, only floats."""
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*?\bs="(\d+)"')
_UNCALCULATED = re.compile(rb"</f>\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class _Refused(Exception):
    """Why no sheet is read, and the names that go with it."""

    def __init__(self, why: str, names: Iterable[str] = ()) -> None:
        super().__init__(why)
        self.names = list(names)


def main(task: dict[str, Any]) -> None:
    """Do a task, and say in its file what came of it."""
    for limit, most in ((resource.RLIMIT_AS, task["memory"]), (resource.RLIMIT_CPU, task["seconds"])):
        with contextlib.suppress(ValueError, OSError):  # not every system knows every limit
            resource.setrlimit(limit, (most, most))
    try:
        found = _convert(task["path"], task["sheet"], task["copy"])
    except _Refused as refused:
        found = {"refused": str(refused), "names": refused.names}
    Path(task["answer"]).write_text(json.dumps(found), encoding="utf-8")


def _convert(path: str, wanted: str | None, copy: str) -> dict[str, Any]:
    import python_calamine as calamine

    try:
        with calamine.load_workbook(path) as book:
            sheet, hidden = _chosen(book, wanted)
            looked = _looked(path, sheet.name) if zipfile.is_zipfile(path) else {}
            _write(sheet, copy, looked.pop("padded", {}))
    except calamine.PasswordError:
        raise _Refused("password") from None
    except (calamine.CalamineError, zipfile.BadZipFile, ElementTree.ParseError, OSError, ValueError) as error:
        raise _Refused("broken", [type(error).__name__]) from None
    return {"sheet": sheet.name, "hidden": hidden, **looked}


def _chosen(book: Any, wanted: str | None) -> tuple[Any, list[str]]:
    """The sheet that is wanted, or the only one with a table in it; and the hidden ones that were not looked at."""
    if wanted is not None:
        names = [name for name in book.sheet_names if name.strip().casefold() == wanted.strip().casefold()]
        if not names:
            raise _Refused("missing", book.sheet_names)
        return book.get_sheet_by_name(wanted if wanted in names else names[0]), []
    kinds = [(one.name, str(one.typ), str(one.visible)) for one in book.sheets_metadata]
    sheets = [name for name, kind, _ in kinds if kind.endswith("WorkSheet")]
    hidden = [name for name, _, seen in kinds if name in sheets and not seen.endswith("Visible")]
    shown = [name for name in sheets if name not in hidden]
    found = [sheet for name in shown if (sheet := book.get_sheet_by_name(name)) and sheet.height and sheet.width]
    tables = [sheet for sheet in found if sheet.height > 1 and sheet.width > 1] or found
    if len(tables) > 1:
        raise _Refused("several", [sheet.name for sheet in tables])
    if not tables:
        raise _Refused("empty", sheets)
    return tables[0], hidden


def _write(sheet: Any, copy: str, padded: dict[tuple[int, int], int]) -> None:
    """The rows of a sheet as CSV; those that are empty are no rows."""
    top, left = sheet.start or (0, 0)
    with Path(copy).open("x", encoding="utf-8", newline="") as out:
        write = csv.writer(out, lineterminator="\n").writerow
        for row, cells in enumerate(sheet.to_python(), top):
            texts = [said(cell) for cell in cells]
            if padded:
                texts = [
                    text.zfill(padded.get((row, column), 0)) if text.isdecimal() else text
                    for column, text in enumerate(texts, left)
                ]
            if any(texts):
                write(texts)


def said(cell: Any) -> str:
    """A cell as a person sees it: numbers without the noise of floats, days and times as ISO 8601 writes them."""
    if isinstance(cell, str):
        return cell
    return next(write(cell) for kind, write in _WRITTEN if isinstance(cell, kind))


def _number(value: float) -> str:
    if value == int(value) and abs(value) < _EXACT:
        return str(int(value))
    text = f"{value:.15g}"
    # What is too large to be exact keeps the exponent that gives it away.
    return text if abs(value) >= _EXACT else f"{Decimal(text):f}"


def _moment(value: datetime.datetime) -> str:
    return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")


def _duration(value: datetime.timedelta) -> str:
    seconds = round(value.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


_WRITTEN: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: str(value).lower()),
    (int, lambda value: _number(value) if abs(value) >= _EXACT else str(value)),
    (float, _number),
    (datetime.datetime, _moment),
    (datetime.date, datetime.date.isoformat),
    (datetime.time, lambda value: value.isoformat("milliseconds" if value.microsecond else "seconds")),
    (datetime.timedelta, _duration),
)


def _looked(path: str, name: str) -> dict[str, Any]:
    """What the reader of a workbook passes over: errors of formulas, formulas without a result, zeros that a format adds."""
    with zipfile.ZipFile(path) as book:
        if "xl/workbook.xml" not in book.namelist():
            content = book.read("content.xml") if "content.xml" in book.namelist() else b""
            return {"errors": content.count(b'value-type="error"'), "uncalculated": 0}
        part = _part(book, name)
        text = book.read(part) if part else b""
        widths = _widths(book)
    padded = {}
    if widths:
        for letters, row, style in _CELL.findall(text):
            if int(style) in widths:
                padded[int(row) - 1, _place(letters)] = widths[int(style)]
    return {"errors": text.count(b' t="e"'), "uncalculated": len(_UNCALCULATED.findall(text)), "padded": padded}


def _part(book: zipfile.ZipFile, name: str) -> str | None:
    """Where in a workbook a sheet lies."""
    sheets = _tags(book.read("xl/workbook.xml"), "sheet")
    relation = next((sheet.get(_RELATION) for sheet in sheets if sheet.get("name") == name), None)
    targets = {
        one.get("Id"): one.get("Target", "") for one in _tags(book.read("xl/_rels/workbook.xml.rels"), "Relationship")
    }
    target = targets.get(relation, "")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return part if part in book.namelist() else None


def _widths(book: zipfile.ZipFile) -> dict[int, int]:
    """The digits that styles of cells fill up with zeros, such as 5 for the format 00000."""
    if "xl/styles.xml" not in book.namelist():
        return {}
    styles = book.read("xl/styles.xml")
    codes = {one.get("numFmtId"): one.get("formatCode", "") for one in _tags(styles, "numFmt")}
    zeros = {number: len(code) for number, code in codes.items() if re.fullmatch("0{2,}", code)}
    [*_, cells] = [None, *_tags(styles, "cellXfs")]
    return {place: zeros[number] for place, one in enumerate(cells or ()) if (number := one.get("numFmtId")) in zeros}


def _tags(text: bytes, name: str) -> list[ElementTree.Element]:
    """The elements of a name, whatever their namespace."""
    return [one for one in ElementTree.fromstring(text).iter() if one.tag.rpartition("}")[2] == name]  # noqa: S314


def _place(letters: bytes) -> int:
    """The place of a column called by its letters: A is 0."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
