"""files, patterns and folders -> Series: files of one header together, read into an in-memory warehouse, every column as text."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cxunify.config import Config, Source
from cxunify.discover import headerless
from cxunify.discover.findings import Unused
from cxunify.discover.words import words
from cxunify.errors import InputError, LookupFailed
from cxunify.ingest.files import RESERVED
from cxunify.ingest.find import ENDINGS, Extract, find
from cxunify.ingest.probe import Layout, probe
from cxunify.ingest.read import read
from cxunify.schema.words import counted
from cxunify.vocabulary.headers import fold
from cxunify.warehouse import Warehouse, literal, quote

MOST_FILES = 24
"""Files of one series that are looked into; of more, the first and the last ones."""
_MOST_KEYS = 40
"""Keys of an object that are looked at; one of more is a map of its own."""
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CHANGING = re.compile(r"(?i)(?:(?:19|20)\d{2}|\d+|(?<![a-z])[0-9a-f]{8,}(?![a-z]))")
_NO_DATA = {"readme", "license", "licence", "changelog", "notice"}


@dataclass
class Series:
    """Files of one header whose names differ in dates and numbers only."""

    name: str
    """A name for the source."""
    extracts: list[Extract]
    layout: Layout
    table: str
    """Where its rows are, every column as text, with `file_id` and `source_row`."""
    rows: int
    columns: tuple[str, ...]
    entries: tuple[str, ...]
    """How a configuration names the files."""
    given: dict[str, Any] = field(default_factory=dict)
    """What a configuration must say for them to be read so, beside their names."""


def gather(paths: Iterable[str], root: Path) -> list[Path]:
    """The files that names, patterns and folders mean, each once; raises LookupFailed where one means none."""
    found: dict[Path, None] = {}
    for written in paths:
        path = Path(written) if Path(written).is_absolute() else root / written
        if path.is_dir():
            matches = sorted(item for item in path.rglob("*") if _is_data(item, path))
        elif path.is_file():
            matches = [path]
        else:
            matches = sorted(Path(item) for item in glob.glob(str(path), recursive=True))  # noqa: PTH207 - absolute too
            matches = [item for item in matches if item.is_file()]
        if not matches and path.is_dir():
            raise LookupFailed(
                f"the folder {written} has no extract in it, nor has any folder below",
                f"Looked for is every file ({', '.join(ENDINGS)}, plain, .gz, .zst or .zip; documents, scripts and what begins with"
                " a dot or an underscore are passed over). Name the folder of the extracts, or the files themselves.",
            )
        if not matches:
            raise LookupFailed(f"there is no file at {written}", "Name extracts, folders of them, or quoted patterns.")
        found |= dict.fromkeys(path.resolve() for path in matches)
    return list(found)


def _is_data(path: Path, below: Path) -> bool:
    parts = path.relative_to(below).parts
    return (
        path.is_file()
        and not any(part.startswith((".", "_")) for part in parts)
        and path.stem.casefold() not in _NO_DATA
        and path.suffix.casefold() not in {".md", ".yaml", ".yml", ".py", ".sql", ".duckdb", ".ledger", ".html", ".pdf"}
    )


def series(
    warehouse: Warehouse, paths: Sequence[Path], root: Path, taken: Iterable[str] = ()
) -> tuple[list[Series], list[Unused]]:
    """Read files, those of one header together. What cannot be read is told with its reason."""
    unused: list[Unused] = []
    groups: dict[tuple[object, ...], list[tuple[Extract, Layout]]] = {}
    needs: dict[Path, dict[str, Any]] = {}
    for path in paths:
        try:
            extract, layout, needs[path] = _probed(warehouse, path, root)
        except InputError as error:
            problem = error.problems[0]
            unused.append(
                Unused(_shown(path, root), "unreadable", f"{_plain(problem.what)}. {problem.fix}".rstrip(". ") + ".")
            )
            continue
        if not layout.headers:
            unused.append(Unused(_shown(path, root), "unreadable", "it has no header"))
            continue
        alike = (path.parent, _CHANGING.sub("#", path.name), frozenset(map(fold, layout.headers)))
        groups.setdefault(alike, []).append((extract, layout))
    names = set(taken) | set(RESERVED)
    found = []
    for group in groups.values():
        name = _named(group[0][0].path, names)
        names.add(name)
        try:
            found.append(replace(_read(warehouse, name, group, root), given=needs[group[0][0].path]))
        except InputError as error:
            unused += [
                Unused(_shown(extract.path, root), "unreadable", _plain(error.problems[0].what)) for extract, _ in group
            ]
    return found, unused


def mapped(warehouse: Warehouse, config: Config, name: str) -> Series | None:
    """The files of a source that a configuration has already; None where they cannot be read now."""
    source = config.sources[name]
    try:
        found = [extract for extract in find(config, name, source)[0] if not extract.superseded]
        group = [(extract, probe(warehouse, extract, source)) for extract in found]
        return _read(warehouse, name, group, config.root) if group else None
    except InputError:
        return None


def _probed(warehouse: Warehouse, path: Path, root: Path) -> tuple[Extract, Layout, dict[str, Any]]:
    """A file, how it is written, and what has to be said for it to be read so. Raises InputError where it is of no use."""
    given: dict[str, Any] = {}
    if headerless.is_access_log(_extract(path, root, {"format": "access_log"})):
        given = {"format": "access_log"}
    extract = _extract(path, root, given)
    try:
        layout = probe(warehouse, extract, _source(path, given))
    except InputError as error:
        encodings = error.problems[0].offers.get("encoding", ())
        if len(encodings) != 1:
            raise
        given = {"csv": {"encoding": encodings[0]}}
        layout = probe(warehouse, extract, _source(path, given))
    if given or not headerless.is_record(extract, layout):
        return extract, layout, given
    names, beside = headerless.names_of(extract, layout)
    if not names:
        raise InputError(
            "it has no header: its first line is a record already",
            f"Put a line with the names of its {counted(len(layout.headers), 'column')} above it and run init again; or write its"
            " source yourself, with `csv: {header: false, names: [id, name, …]}`.",
        )
    layout = probe(warehouse, extract, _source(path, {"csv": {"header": False, "names": names}}))
    stated = {"file": _shown(beside, root)} if beside else list(names)
    return extract, layout, {"csv": {"header": False, "names": stated}}


def _source(path: Path, given: dict[str, Any]) -> Source:
    return Source.model_validate({"channel": "unknown", "files": (str(path),), **given})


def _extract(path: Path, root: Path, given: dict[str, Any]) -> Extract:
    source = _source(path, given)
    config = Config(version=1, region="US", currency="USD", sources={"it": source})
    config._root = root  # noqa: SLF001 - a configuration that is not written yet lies where it will be
    extracts, problems = find(config, "it", source)
    if problems or not extracts:
        raise InputError(problems)
    return extracts[0]


def _read(warehouse: Warehouse, name: str, group: list[tuple[Extract, Layout]], root: Path) -> Series:
    table = f"raw.{quote(name)}"
    warehouse.execute("create schema if not exists raw")
    looked = group if len(group) <= MOST_FILES else [*group[: MOST_FILES // 2], *group[-MOST_FILES // 2 :]]
    with warehouse.scratch() as scratch:
        for number, (extract, layout) in enumerate(looked):
            read(warehouse, extract, layout, table, number, scratch)
    if group[0][1].format in {"ndjson", "json"}:
        _open_objects(warehouse, table)
    columns = _columns(warehouse, table)
    rows = int(warehouse.scalar(f"select count(*) from {table}"))
    entries = _entries([extract.path for extract, _ in group], root)
    return Series(name, [extract for extract, _ in looked], group[0][1], table, rows, columns, entries)


def _columns(warehouse: Warehouse, table: str) -> tuple[str, ...]:
    return tuple(
        column for column in warehouse.columns(table.replace('"', "")) if column not in {"file_id", "source_row"}
    )


def _open_objects(warehouse: Warehouse, table: str) -> None:
    """Give what lies within an object of each document (`customer: {id, email}`) a column under its path, as mappings name it."""
    for column in _columns(warehouse, table):
        inner = warehouse.rows(
            f"select key, count(*) from (select unnest(json_keys({quote(column)})) as key from {table}"
            f" where starts_with(ltrim({quote(column)}), '{{') and json_valid({quote(column)})) group by key"
            f" having (select bool_and(starts_with(ltrim({quote(column)}), '{{')) from {table})"
            f" order by min(key) limit {_MOST_KEYS + 1}"
        )
        if not 0 < len(inner) <= _MOST_KEYS:
            continue
        for key, _ in inner:
            if not _KEY.fullmatch(key):
                continue
            path = quote(f"{column}.{key}")
            warehouse.execute(f"alter table {table} add column {path} varchar")
            warehouse.execute(
                f"update {table} set {path} = json_extract_string({quote(column)}, {literal(f'$.{key}')})"
                f" where json_valid({quote(column)})"
            )


def _entries(paths: list[Path], root: Path) -> tuple[str, ...]:
    """The files as a pattern where one fits these and no other, else one by one."""
    if len(paths) > 1:
        pattern = _CHANGING.sub("*", paths[0].name)
        pattern = re.sub(r"\*[\W_]*(?=\*)", "", pattern)
        matching = {item for item in paths[0].parent.glob(pattern) if item.is_file()}
        if matching == set(paths):
            return (_shown(paths[0].parent / pattern, root),)
    return tuple(_shown(path, root) for path in paths)


def _shown(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root.resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def _plain(text: str) -> str:
    """A problem's words without the name of the source, which nobody has given yet."""
    return text.removeprefix("source it: ")


def _named(path: Path, taken: set[str]) -> str:
    """A name for a source: the words of its file, without what changes from file to file."""
    stem = path.name.split(".")[0]
    parts = [part for part in words(_CHANGING.sub(" ", stem)) if part.isascii()] or [
        part for part in words(stem) if part.isascii()
    ]
    if len(parts) > 1 and parts[-1] in {"data", "export", "extract"}:
        parts.pop()
    name = "_".join(parts)[:50].strip("_") or "source"
    name = name if name[0].isalpha() else f"source_{name}"
    number, base = 1, name
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name
