"""extract -> the same extract as a text: a sheet of a workbook, a member of an archive, as a private copy; all else as it is."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import IO

from cxunify.config import Csv, Source
from cxunify.errors import InputError
from cxunify.ingest import sheets, streams
from cxunify.ingest.codepage import judge
from cxunify.ingest.find import Extract
from cxunify.ingest.rewrite import LOG, rewrite, splitter

OWN = Csv(delimiter=",", quote='"', encoding="utf-8")
"""How a copy of a sheet is written."""


def unpack(extract: Extract, source: Source, scratch: Path) -> tuple[Extract, tuple[str, ...]]:
    """An extract that can be read as it lies, and what is to be told of it; a copy lies in `scratch`. Raises InputError."""
    told: tuple[str, ...] = ()
    if extract.member is not None:
        extract = _extracted(extract, extract.member, scratch)
        told = (f"`{extract.member}` in the archive is read",)
    if extract.format == "spreadsheet":
        copy = _new(scratch)
        told += sheets.to_csv(_plain(extract, scratch), source.sheet, copy)
        extract = replace(extract, path=copy, compression=None, bytes=copy.stat().st_size, format="csv", written=OWN)
    elif (split := splitter(extract.format, source.csv)) is not None:
        copy = _new(scratch)
        encoding = _encoding(extract, source.csv)
        try:
            with streams.open_bytes(extract) as stream, streams.open_private(copy) as out:
                rewrite(stream, out, split, encoding)
        except (UnicodeError, LookupError):
            raise InputError(
                f"source {extract.source}: {extract.name} is not {encoding} throughout",
                "State its encoding (`csv: {encoding: …}`), or export it as UTF-8.",
            ) from None
        written = OWN.model_copy(
            update={"header": False, "names": LOG}
            if extract.format == "access_log"
            else source.csv.model_dump(include={"header", "header_rows", "names", "skip_lines"})
        )
        extract = replace(
            extract, path=copy, compression=None, bytes=copy.stat().st_size, format="csv", written=written
        )
    return extract, told


def _encoding(extract: Extract, written: Csv) -> str:
    """The encoding of a text as it is stated, or as it looks."""
    beginning = streams.head(extract)
    found = written.encoding or streams.encoding_of(beginning)
    return judge(extract) if found == "utf-8" and not written.encoding else found


def _extracted(extract: Extract, member: str, scratch: Path) -> Extract:
    """A member of an archive as a file of its own, under a name of ours."""
    copy = _new(scratch)
    try:
        with zipfile.ZipFile(extract.path) as archive:
            packed = archive.getinfo(member).compress_size
            with streams.guarded(archive.open(member), replace(extract, bytes=packed)) as stream:
                _write(stream, copy)
    except (zipfile.BadZipFile, KeyError, RuntimeError) as error:
        raise InputError(
            f"source {extract.source}: {extract.name} cannot be unpacked",
            "Copy or export it again, or unpack it yourself.",
        ) from error
    return replace(extract, path=copy, bytes=copy.stat().st_size)


def _plain(extract: Extract, scratch: Path) -> Extract:
    """An extract without its compression."""
    if extract.compression is None:
        return extract
    copy = _new(scratch)
    with streams.open_bytes(extract) as stream:
        _write(stream, copy)
    return replace(extract, path=copy, compression=None, bytes=copy.stat().st_size)


def _write(stream: IO[bytes], copy: Path) -> None:
    with streams.open_private(copy) as out:
        for block in streams.blocks(stream):
            out.write(block)


def _new(scratch: Path) -> Path:
    return scratch / f"copy-{os.urandom(8).hex()}"
