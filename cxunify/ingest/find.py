"""configuration -> extracts: which files there are, in their natural order, and which one of a snapshot counts."""

from __future__ import annotations

import glob
import os
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cxunify.config import Config, Csv, Source
from cxunify.errors import Problem, nearest
from cxunify.ingest import archive

ENDINGS: dict[str, Literal["csv", "ndjson", "json", "parquet", "spreadsheet"]] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".tab": "csv",
    ".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "json", ".parquet": "parquet", ".pq": "parquet",
    ".xlsx": "spreadsheet", ".xlsm": "spreadsheet", ".xlsb": "spreadsheet", ".xls": "spreadsheet", ".ods": "spreadsheet",
}  # fmt: skip
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}


@dataclass(frozen=True)
class Extract:
    """One file of a source, as it lies on disk."""

    source: str
    path: Path
    name: str
    """As people know it: relative to the configuration where it lies below it."""
    format: str
    compression: str | None
    bytes: int
    modified_at: datetime
    """UTC."""
    superseded: bool = False
    note: str = ""
    member: str | None = None
    """Its name in the archive that `path` is."""
    written: Csv | None = None
    """How it is written, where that is known: it is a copy of ours."""
    table: str = ""
    """Of a file that a SELECT reads: by which name."""


def find(config: Config, name: str, source: Source) -> tuple[list[Extract], list[Problem]]:
    """The extracts of a source, oldest first by natural order of their names, and what is wrong with where they should be.

    An entry that is the very name of a file is that file, whatever signs it has; otherwise `*`, `?` and `**` make it a
    pattern. Brackets and braces never do. Those that a SELECT reads come table by table.
    """
    if source.query is not None:
        return _tables(config, name, source)
    paths: dict[Path, Path] = {}
    problems: list[Problem] = []
    for entry in source.files:
        found, problem = _matches(config.root, entry, name)
        problems += [problem] if problem else []
        paths |= {path.resolve(): path for path in found}
    extracts = []
    for path in sorted(paths.values(), key=_natural):
        here, wrong = _extracts(config.root, path, name, source)
        extracts += here
        problems += wrong
    return (_newest(extracts) if source.load == "snapshot" else extracts), problems


def part(source: Source, table: str) -> Source:
    """How the files of one table are read that the SELECT of a source names: all of them, written as its own, mapped to nothing."""
    assert source.query is not None
    alone: dict[str, object] = {"query": None, "person": None, "interaction": None, "skip": {}, "load": "parts"}
    return source.model_copy(update={"files": source.query.files[table], **alone})


def _tables(config: Config, name: str, source: Source) -> tuple[list[Extract], list[Problem]]:
    """The extracts that the SELECT of a source reads, each with the name of its table."""
    assert source.query is not None
    extracts, problems = [], []
    for table, entries in source.query.files.items():
        found, wrong = find(config, name, part(source, table))
        extracts += [replace(extract, table=table) for extract in found]
        problems += wrong
        if not found and not wrong:
            what = f"source {name}: no file matches {', '.join(entries)}, which `from` calls {table}"
            problems.append(Problem(what, "Paths start at the configuration file."))
    return extracts, problems


def folders(config: Config) -> set[Path]:
    """The folders that the extracts lie in: what the warehouse must be allowed to read."""
    found = {config.root}
    for name, source in config.sources.items():
        found |= {extract.path.resolve().parent for extract in find(config, name, source)[0]}
    return found


def _matches(root: Path, entry: str, source: str) -> tuple[list[Path], Problem | None]:
    path = root / entry
    if path.is_file():
        return [path], None
    if path.is_dir():
        return [], Problem(
            f"source {source}: {entry} is a folder", f"Name the files in it, such as {entry.rstrip('/')}/*.csv"
        )
    folder = path
    while folder not in {root, folder.parent} and (
        any(sign in str(folder).removeprefix(str(root)) for sign in "*?") or not folder.is_dir()
    ):
        folder = folder.parent
    if not os.access(folder, os.R_OK | os.X_OK):
        return [], Problem(
            f"source {source}: the folder {_shown(root, folder)} cannot be read",
            "Give this user read permission on it.",
        )
    if "*" in entry or "?" in entry:
        # What the project's folder is called is no pattern, and neither are brackets in an entry.
        escaped = entry.replace("[", "[[]")
        return _files(escaped if Path(entry).is_absolute() else f"{glob.escape(str(root))}/{escaped}"), None
    there = sorted(item.name for item in folder.iterdir() if item.is_file())
    near = nearest(path.name, there)
    hint = f"Did you mean {near}? " if near else ""
    return [], Problem(f"source {source}: there is no file {entry}", f"{hint}Paths start at the configuration file.")


def _files(pattern: str) -> list[Path]:
    # not Path.glob, which takes no absolute pattern
    return [Path(match) for match in glob.glob(pattern, recursive=True) if Path(match).is_file()]  # noqa: PTH207


def _extracts(root: Path, path: Path, name: str, source: Source) -> tuple[list[Extract], list[Problem]]:
    """The extracts in a file: one, or the members of an archive."""
    shown = _shown(root, path)
    if not os.access(path, os.R_OK):
        return [], [Problem(f"source {name}: {shown} cannot be read", "Give this user read permission on the file.")]
    stat = path.stat()
    members: list[str | None] = [None]
    if path.name.lower().endswith(".zip"):
        try:
            members = [
                *sorted(
                    archive.members(path, source.member, lambda member: way_of(member, source) is not None),
                    key=_natural,
                )
            ]
        except archive.Refused as refused:
            return [], [Problem(f"source {name}: {shown} {refused.what}", refused.fix)]
    found, problems = [], []
    modified = datetime.fromtimestamp(stat.st_mtime, UTC).replace(tzinfo=None)
    for member in members:
        called = f"{shown}/{member}" if member else shown
        way = way_of(member or path.name, source)
        if way is None:
            problems.append(
                Problem(
                    f"source {name}: the ending of {called} says nothing about its format",
                    "Add `format: csv` (or ndjson, json, parquet, spreadsheet) to the source; known endings:"
                    f" {', '.join(ENDINGS)}, also .gz, .zst, .zip.",
                )
            )
        elif stat.st_size == 0 and not (way[0] == "ndjson" and source.load == "append"):
            problems.append(
                Problem(f"source {name}: {called} is empty, not even a header", "Export it again, or remove the file.")
            )
        else:
            found.append(Extract(name, path, called, *way, stat.st_size, modified, member=member))
    return found, problems


def _shown(root: Path, path: Path) -> str:
    """A path as the configuration has it: relative to it, also where a link leads elsewhere, which each machine has otherwise."""
    for below, there in ((path, root), (path.resolve(), root.resolve())):
        if below.is_relative_to(there):
            return str(below.relative_to(there))
    return str(path)


def way_of(name: str, source: Source) -> tuple[str, str | None] | None:
    """Format and compression of a file, by its name or as the source says; None where neither tells."""
    lower = name.lower()
    compression = next((kind for ending, kind in COMPRESSIONS.items() if lower.endswith(ending)), None)
    bare = lower.rsplit(".", 1)[0] if compression else lower
    format_ = source.format or next((kind for ending, kind in ENDINGS.items() if bare.endswith(ending)), None)
    return (format_, compression) if format_ else None


def _natural(path: Path | str) -> tuple[list[tuple[int, int, str]], str]:
    """`part2` before `part10`."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts if part], str(path)


def _newest(extracts: list[Extract]) -> list[Extract]:
    """All files of a snapshot, the last by name being the one that counts."""
    if len(extracts) < 2:
        return extracts
    last = extracts[-1]
    youngest = max(extracts, key=lambda extract: extract.modified_at)
    if youngest.modified_at > last.modified_at:
        last = replace(last, note=f"taken as the newest by its name, though {youngest.name} was written later")
    older = [replace(extract, superseded=True, note=f"not read: {last.name} is newer") for extract in extracts[:-1]]
    return [*older, last]
