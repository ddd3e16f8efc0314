"""workbook -> a private CSV of one of its sheets, read by a program of its own that has no more memory and time than it needs."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from cxunify.errors import InputError
from cxunify.ingest import streams, workbook
from cxunify.ingest.find import Extract
from cxunify.schema.words import counted

_BASE, _PER_BYTE = 256 * 2**20, 60
"""Bytes of memory for a workbook, and how many more for each byte of it: an honest one takes half of that."""
_SECONDS, _PACE = 10, 100_000
"""Seconds for a workbook, and how many bytes of it are read in one more."""
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def to_csv(extract: Extract, sheet: str | None, copy: Path) -> tuple[str, ...]:
    """Write one sheet of a workbook into the new file `copy`. Returns what is to be told of it. Raises InputError."""
    _check(extract)
    answer = copy.with_suffix(".json")
    task = {
        "path": str(extract.path.resolve()), "sheet": sheet, "copy": str(copy), "answer": str(answer),
        "memory": _BASE + _PER_BYTE * extract.bytes, "seconds": _SECONDS + extract.bytes // _PACE,
    }  # fmt: skip
    streams.open_private(answer).close()
    # Nothing of the command is anybody's input but the task, which is one argument.
    command = [sys.executable, "-P", workbook.__file__, json.dumps(task)]
    subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    said = answer.read_text(encoding="utf-8")
    answer.unlink()
    if not said:
        raise InputError(
            f"source {extract.source}: {extract.name} needs far more memory or time than its size allows",
            "That is what a bomb does, or a cell that stands far away from all others: delete what is below and beside the"
            " table, or save the sheet as CSV.",
        )
    found = json.loads(said)
    if "refused" in found:
        raise _refusal(extract, found["refused"], found["names"], sheet)
    return tuple(_told(found))


def _told(found: dict[str, Any]) -> list[str]:
    told = [f"the sheet `{found['sheet']}` is read"]
    told += [f"the sheet `{name}` is hidden and not read" for name in found["hidden"]]
    if found.get("errors"):
        told.append(
            f"{counted(found['errors'], 'cell holds', 'cells hold')} an error of a formula (#N/A, #REF! …), read as empty"
        )
    if found.get("uncalculated"):
        told.append(
            f"{counted(found['uncalculated'], 'formula was', 'formulas were')} never calculated, read as empty: open"
            f" and save it once"
        )
    return told


def _check(extract: Extract) -> None:
    """Raise InputError for what is no workbook, or grows too far."""
    with extract.path.open("rb") as file:
        mark = file.read(4)
    if mark not in {_ZIP, _OLD}:
        raise InputError(
            f"source {extract.source}: {extract.name} is no workbook, though its name says so",
            "Programs call text or a web page so: if it opens in a text editor, add `format: csv`; if that shows a web page,"
            " open it in a spreadsheet and save it as .xlsx.",
        )
    if mark == _ZIP:
        try:
            with zipfile.ZipFile(extract.path) as book:
                size = sum(part.file_size for part in book.infolist())
        except (zipfile.BadZipFile, OSError):
            raise _refusal(extract, "broken", [], None) from None
        streams.check_growth(extract, size)


def _refusal(extract: Extract, why: str, names: list[str], sheet: str | None) -> InputError:
    listed = ", ".join(f"`{name}`" for name in names)
    what, fix = {
        "password": ("is protected with a password", "Save a copy without one."),
        "broken": ("cannot be read as a workbook", "Open it in a spreadsheet, which may mend it, and save it again."),
        "several": (f"has several sheets with tables: {listed}", "Say which one: `sheet: …`; each may be a source."),
        "missing": (f"has no sheet `{sheet}`", f"It has {listed}."),
        "empty": ("has no sheet with anything in it", "Export it again, or remove it."),
    }[why]
    return InputError(f"source {extract.source}: {extract.name} {what}", fix)
