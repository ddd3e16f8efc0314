"""extracts -> raw.<source>: what is new of a source, read aside and then put in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cxunify.config import Config
from cxunify.errors import InputError, Problem
from cxunify.ingest import agree, files, whole
from cxunify.ingest.deal import Reader
from cxunify.ingest.derive import derive, stands_for
from cxunify.ingest.expand import expand, lists
from cxunify.ingest.files import Entry
from cxunify.ingest.find import Extract, find, way_of
from cxunify.ingest.named import named
from cxunify.ingest.planned import Plan, aside, raw
from cxunify.ingest.probe import Layout, probe, reading
from cxunify.ingest.read import frame
from cxunify.ingest.succession import is_asked, judge
from cxunify.schema import FILES, REJECTS
from cxunify.schema.words import counted
from cxunify.warehouse import Warehouse, quote


def look(config: Config, name: str) -> Plan:
    """Find the files of a source."""
    source, unnamed = named(config, name)
    extracts, problems = find(config, name, source)
    return Plan(name, source, extracts, problems=problems, unmapped=[*unnamed, *lists(name, source)])


def plan(warehouse: Warehouse, todo: Plan, digests: Mapping[Extract, str]) -> None:
    """Find out which files of a source are new, and whether they have what the mapping needs; `digests`: of what was found."""
    name, source, extracts, problems = todo.name, todo.source, todo.found, todo.problems
    todo.problems = [*problems, *todo.unmapped]
    if source.query is not None and not problems:
        made, digest = stands_for(name, source, extracts, digests)
        extracts, contents = [made], {made: (digest, reading(source, made))}
    else:
        contents = {one: (digests[one], reading(source, one)) for one in extracts if not one.superseded}
    loaded = files.known(warehouse, name)
    todo.agreed = agree.agreed(warehouse, name)
    again = agree.is_wanted(source, todo.agreed)
    if not extracts and not problems and source.load == "append" and loaded:
        todo.notes.append("no file is there now; what was loaded before stands")
    elif not extracts and not problems:
        todo.problems.append(
            Problem(
                f"source {name}: no file matches {', '.join(source.files)}", "Paths start at the configuration file."
            )
        )
    by_content = {(file.sha256, file.reading): file for file in loaded}
    wanted = set(contents.values())
    if again or (source.load == "parts" and wanted != set(by_content)):
        by_content = {}  # a column is wanted that was left out; where one part is new or gone, all are read together
    for extract in extracts:
        if extract.superseded:
            todo.entries.append(Entry(0, extract, "", files.SUPERSEDED, note=extract.note))
            continue
        digest = contents[extract][0]
        before = by_content.get(contents[extract])
        twin = next((other for other, *_ in todo.new if contents[other] == contents[extract]), None)
        if before is not None or twin is not None:
            first = before.path if before else twin.name if twin else ""
            entry = Entry(0, extract, digest, files.KNOWN, note=f"same content as {first}")
            todo.known.append(entry)
            todo.entries += [entry] if first != extract.name else []
            continue
        try:
            layout = probe(warehouse, extract, source) if source.query is None else Layout(extract.format, "", ())
        except InputError as error:
            todo.problems += error.problems
            continue
        todo.new.append((extract, digest, layout))
        # the same content, read otherwise than it is to be read now
        todo.replaced += [
            file.file_id for file in loaded if file.sha256 == digest and (again or (digest, file.reading) not in wanted)
        ]
    todo.replaced += _mended(todo, loaded, wanted)
    todo.replaced += whole.begun(todo, loaded)
    todo.notes += _unread(todo)
    todo.problems += agree.lacking(warehouse, todo)
    if source.load != "append" and todo.new:
        todo.replaced = [file.file_id for file in (*loaded, *files.known(warehouse, name, files.READ))]


def _mended(todo: Plan, loaded: list[files.Known], wanted: set[tuple[str, str]]) -> list[int]:
    """The files that a gate refused and that are not as they were: mended, or taken away. Their rows were never published.

    `wanted`: what the files hold that are there, and how each is read.
    """
    if todo.source.load != "append":
        return []  # they give way to whatever comes
    refused = [file for file in loaded if file.refused and (file.sha256, file.reading) not in wanted]
    paths = {extract.name for extract in todo.found}
    for file in refused:
        what = "is another now: it takes the place of" if file.path in paths else "is there no longer, and neither is"
        todo.notes.append(f"{file.path}, which was refused, {what} what it said")
    return [file.file_id for file in refused]


def _unread(todo: Plan) -> list[str]:
    """What to say of the files of a snapshot that are not read: they may be parts of it."""
    older = [extract.name for extract in todo.found if extract.superseded]
    if not older or not todo.new:
        return []
    return [
        (
            f"{counted(len(older), 'more file matches and is', 'more files match and are')} not read, since"
            f" {todo.found[-1].name} is taken as the newest; where they are"
            " parts of one export, write `load: parts`, and where each adds to what was there, `load: append`"
        )
    ]


def fetch(warehouse: Warehouse, todo: Plan, first_id: int, scratch: Path, read: Reader) -> int:
    """Read the new files of a source aside; problems are noted in the plan. Returns the next free file id."""
    table = aside(todo.name)
    warehouse.execute(f"drop table if exists {table}")
    if todo.problems:
        return first_id
    todo.entries = [replace(entry, file_id=file_id) for file_id, entry in enumerate(todo.entries, first_id)]
    first_id += len(todo.entries)
    if todo.source.query is not None and todo.new:
        first_id = _make(warehouse, todo, first_id, scratch)
    known = agree.columns(warehouse, raw(todo.name)) if todo.source.load == "append" else []
    good = 0
    for place, (extract, digest, layout) in enumerate(todo.new):
        file_id = first_id + place
        try:
            result = read(warehouse, extract, layout, table, file_id, scratch, known)
            result = expand(warehouse, todo.source, extract, result, table, file_id)
        except InputError as error:
            todo.problems += error.problems
            continue
        told = (
            extract.note,
            *result.layout.notes,
            *(agree.lacks(warehouse, todo, place, file_id) if result.records else ()),
        )
        note = "; ".join(part for part in told if part)
        marks = result.layout.dialect
        entry = Entry(
            file_id, extract, digest, files.LOADED, result.layout.encoding, marks.delimiter if marks else "",
            result.records, len(result.rejects), note, reading(todo.source, extract),
            whole.is_ended(extract),
        )  # fmt: skip
        todo.entries.append(entry)
        todo.rejects.append((file_id, result.rejects))
        todo.notes += [f"{extract.name}: {part}" for part in told if part]
        good += entry.records - entry.rejected
        if not entry.records:
            todo.notes.append(f"{extract.name} has {'a header and ' if layout.format == 'csv' else ''}no rows")
    _judge(warehouse, todo, good, scratch)
    return first_id + len(todo.new)


def _judge(warehouse: Warehouse, todo: Plan, good: int, scratch: Path) -> None:
    """Whether what was read aside, so many `good` rows, can take its place; the plan learns what speaks against it."""
    if todo.new and not todo.problems:
        whole.judge(todo, files.known(warehouse, todo.name))
    if todo.new and not todo.problems and is_asked(todo.source, todo.found):
        doubt = judge(warehouse, todo.name, todo.source, todo.found, aside(todo.name), scratch)
        todo.problems += [doubt] if doubt else []
    if todo.new and not todo.problems:
        there = agree.columns(warehouse, raw(todo.name)) if todo.source.load == "append" else []
        if not there and not agree.columns(warehouse, aside(todo.name)):
            last = todo.new[-1][0].name
            todo.problems.append(
                Problem(
                    f"source {todo.name}: {last} has no records, nor has any file before it", "Wait for the first one."
                )
            )
        elif todo.source.load != "append" and not good:
            _refuse_emptiness(warehouse, todo)
    if todo.new and not todo.problems:
        agree.compare(warehouse, todo)


def _make(warehouse: Warehouse, todo: Plan, first_id: int, scratch: Path) -> int:
    """Make the extract of a source that is a SELECT over files. Returns the next free file id."""
    [(extract, digest, _)], todo.new = todo.new, []
    try:
        made = derive(warehouse, todo.source, extract, todo.found, first_id, scratch)
    except InputError as error:
        todo.problems += error.problems
        return first_id
    todo.new = [(made.extract, digest, made.layout)]
    todo.entries += made.entries
    todo.rejects += made.rejects
    todo.notes += made.notes
    todo.problems += agree.lacking(warehouse, todo)
    return first_id + len(made.entries)


def formats(warehouse: Warehouse, todo: Plan) -> set[str]:
    """The formats of a source's files; where none can be found now, of those whose rows are in."""
    if todo.found or todo.source.query is not None:
        return {extract.format for extract in todo.found}
    ways = [way_of(known.path, todo.source) for known in files.known(warehouse, todo.name)]
    return {one[0] for one in ways if one}


def place(warehouse: Warehouse, todo: Plan, run_id: str) -> None:
    """Put what was read aside in place and note its files; to be called within a transaction."""
    table, incoming = raw(todo.name), aside(todo.name)
    files.forget(warehouse, todo.name, todo.replaced)
    there = warehouse.columns(f"raw.{todo.name}")
    if todo.replaced and there and todo.source.load == "append":
        warehouse.execute(f"delete from {table} where file_id in ({', '.join(map(str, todo.replaced))})")
    if todo.new:
        if todo.source.load != "append" or not there:
            warehouse.execute(f"drop table if exists {table}")
            warehouse.execute(f"alter table {incoming} rename to {quote(todo.name)}")
        else:
            for column in warehouse.columns(f"raw.{todo.name} (incoming)"):
                if column not in there:
                    warehouse.execute(f"alter table {table} add column {quote(column)} varchar")
            warehouse.execute(f"insert into {table} by name select * from {incoming}")
            warehouse.execute(f"drop table {incoming}")
        warehouse.execute(
            f"comment on table {table} is 'The rows of source {todo.name} as delivered, every column as text.'"
        )
    for entry in todo.entries:
        files.note(warehouse, entry, run_id)
    agree.note(warehouse, todo, run_id)
    for file_id, rejects in todo.rejects:
        if rejects:
            warehouse.append(REJECTS.name, frame(rejects, todo.name, file_id))


def _refuse_emptiness(warehouse: Warehouse, todo: Plan) -> None:
    before = warehouse.scalar(
        f"select coalesce(sum(loaded), 0) from {FILES.name} where source = $source and status = $status",
        {"source": todo.name, "status": files.LOADED},
    )
    if before:
        todo.problems.append(
            Problem(
                f"source {todo.name}: {todo.new[-1][0].name} has no rows that can be loaded, and would replace"
                f" {counted(before, 'row')}",
                "If the source is really empty now, remove its section from the configuration; else export it again.",
            )
        )
