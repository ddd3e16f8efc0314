"""new files of a source that appends -> Problem, where one may be half copied; which older files are the beginning of a new one.

Of a text that is cut short nobody can tell by its last row: `15` of `150.50` is a number too. But whoever writes files ends their
last line or does not, and goes on doing so. What was taken in half all the same gives way once the file goes on where it ended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cxunify.errors import Problem
from cxunify.ingest.files import Known
from cxunify.ingest.find import Extract
from cxunify.ingest.planned import Plan
from cxunify.schema.words import counted

_TEXTS = {"csv", "ndjson", "access_log"}
"""What is written line by line; all else says by itself where it ends."""
_TAIL = 64
_BLOCK = 2**20


def is_ended(extract: Extract) -> bool | None:
    """Whether the last line of a text has its line feed; None of what is no plain text."""
    if extract.format not in _TEXTS or extract.compression or extract.member or not extract.bytes:
        return None
    with extract.path.open("rb") as stream:
        stream.seek(max(extract.bytes - _TAIL, 0))
        tail = stream.read()
    # blanks, the end-of-file of DOS and, in UTF-16, half of a sign may stand behind it
    return tail.rstrip(b"\0 \t\x1a")[-1:] in {b"\n", b"\r"}


def judge(todo: Plan, loaded: Sequence[Known]) -> None:
    """Refuse a source one of whose new files has no end, where all that were loaded before have one."""
    if todo.source.load != "append" or todo.source.query is not None:
        return
    before = [file.is_ended for file in loaded if file.is_ended is not None]
    new = {extract: is_ended(extract) for extract, *_ in todo.new}
    for extract in [one for one, ended in new.items() if ended is False]:
        if before and all(before):
            files = counted(len(before), "file")
            todo.problems.append(
                Problem(
                    f"source {todo.name}: {extract.name} may be half copied: it ends without a line feed, unlike the {files}"
                    " before it",
                    "Copy it again, or wait until it is there as a whole; if it is, end its last line as well.",
                )
            )
        elif not before and (others := sum(ended is True for ended in new.values())):
            files = counted(others, "other file")
            todo.notes.append(f"{extract.name} may be half copied: it ends without a line feed, unlike {files}")


def begun(todo: Plan, loaded: Sequence[Known]) -> list[int]:
    """The files that a new one of the same name begins with, byte for byte: it says all that they said."""
    if todo.source.load != "append" or todo.source.query is not None:
        return []
    new = {extract.name: extract for extract, *_ in todo.new}
    found = []
    for file in [file for file in loaded if file.file_id not in todo.replaced]:
        extract = new.get(file.path)
        if extract and not extract.member and 0 < file.bytes < extract.bytes and _begins(extract, file):
            todo.notes.append(f"{file.path} goes on where it ended: it takes the place of what it said")
            found.append(file.file_id)
    return found


def _begins(extract: Extract, file: Known) -> bool:
    left, hashed = file.bytes, hashlib.sha256()
    with extract.path.open("rb") as stream:
        while left and (block := stream.read(min(left, _BLOCK))):
            hashed.update(block)
            left -= len(block)
    return hashed.hexdigest() == file.sha256
