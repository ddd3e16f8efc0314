"""columns of new files, raw.columns -> what they lack and what they have anew: whether a source still is as it was agreed to be.

A source whose columns are not is refused by itself: what was loaded of it before stands, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cxunify.config import Source
from cxunify.errors import Problem
from cxunify.ingest.bind import Columns, elements, head, references
from cxunify.ingest.dialect import unique
from cxunify.ingest.headers import absent, missing
from cxunify.ingest.planned import Plan, aside, raw
from cxunify.ingest.probe import Layout
from cxunify.schema import COLUMNS, REFUSALS
from cxunify.schema.words import counted
from cxunify.vocabulary.headers import fold
from cxunify.warehouse import Warehouse, quote

KNOWN, LEFT_OUT = "known", "left out"
_NAMED = 8
"""New columns that are named in a sentence."""


def agreed(warehouse: Warehouse, name: str) -> dict[str, str]:
    """The columns that extracts of a source have had, each with its status; none before the first is loaded."""
    # without a note, it was an older version that loaded it
    return _noted(warehouse, name) or dict.fromkeys(columns(warehouse, raw(name)), KNOWN)


def remember(warehouse: Warehouse, agreed_on: Mapping[str, Mapping[str, str]]) -> None:
    """Note what was agreed of sources elsewhere."""
    for source, there in agreed_on.items():
        values = {"source": source, "names": list(there), "statuses": list(there.values())}
        warehouse.execute(f"insert into {COLUMNS.name} select $source, unnest($names), unnest($statuses), null", values)


def columns(warehouse: Warehouse, table: str) -> list[str]:
    """The columns of a raw table that come from its files."""
    return [name for name in warehouse.columns(table.replace('"', "")) if name not in {"file_id", "source_row"}]


def is_wanted(source: Source, status: Mapping[str, str]) -> bool:
    """Whether the mapping now names a column that was left out: the files that are there are to be read again."""
    return any(status[name] == LEFT_OUT for name in _mapped(source, status))


def outgrown(warehouse: Warehouse, todo: Plan) -> list[Problem]:
    """What the loaded rows lack that the mapping needs: it is another one than they were loaded with."""
    loaded = columns(warehouse, raw(todo.name))
    return missing(todo.source, todo.name, "what is loaded", loaded) if loaded else []


def lacking(warehouse: Warehouse, todo: Plan) -> list[Problem]:
    """What the headers of the new files lack that the mapping needs; where none is new, what the loaded rows lack."""
    problems: list[Problem] = []
    for extract, _, layout in todo.new:
        if layout.headers or layout.format == "csv":
            dispensable = _absent(warehouse, todo, layout, layout.headers)
            problems += missing(todo.source, todo.name, extract.name, layout.headers, dispensable)
    return problems if todo.new or todo.problems else outgrown(warehouse, todo)


def lacks(warehouse: Warehouse, todo: Plan, place: int, file_id: int) -> list[str]:
    """What is to be said of mapped keys that no record of a new file has; of those it must have, the plan's problems say it."""
    extract, _, layout = todo.new[place]
    late = layout.sampled or not layout.headers
    keys = _filled(warehouse, todo, file_id) if late else layout.headers
    dispensable = _absent(warehouse, todo, layout, keys)
    if late:
        todo.problems += missing(todo.source, todo.name, extract.name, keys, dispensable)
    return [f"no record has `{column}`" for column in dict.fromkeys(dispensable)]


def compare(warehouse: Warehouse, todo: Plan) -> None:
    """Hold the columns that were read aside against those agreed, as the source says what new ones are to be.

    What a SELECT makes is as its words say, and is agreed with them. A column that is mapped is wanted, not new.
    """
    read = columns(warehouse, aside(todo.name))
    known = {fold(name) for name, status in todo.agreed.items() if status == KNOWN}
    mapped = _mapped(todo.source, read)
    new = [name for name in read if fold(name) not in known and name not in mapped]
    todo.columns = dict.fromkeys(read, KNOWN)
    if not new or not todo.agreed or todo.source.query is not None:
        return
    told = [name for name in new if name not in todo.agreed]
    if todo.source.drift == "freeze":
        todo.problems.append(
            Problem(
                f"source {todo.name}: {todo.new[-1][0].name} has {_listed(new)}, and its columns are frozen",
                "Map them, or write `drift: discard` to leave them out, or `drift: evolve` until this file is loaded.",
            )
        )
    elif todo.source.drift == "discard":
        for name in new:
            warehouse.execute(f"alter table {aside(todo.name)} drop column {quote(name)}")
        todo.columns |= dict.fromkeys(new, LEFT_OUT)
        todo.notes += [f"{_listed(told)}: left out, as `drift: discard` says"] if told else []
    else:
        todo.notes.append(f"{_listed(new)}: kept as delivered and not mapped; told once, known from now on")


def note(warehouse: Warehouse, todo: Plan, run_id: str) -> None:
    """Note the columns of what was put in place; or, of a source that is refused, the reasons."""
    bound = {"source": todo.name, "run": run_id}
    reasons = dict(warehouse.rows(f"select problem, run_id from {REFUSALS.name} where source = $source", bound))
    warehouse.execute(f"delete from {REFUSALS.name} where source = $source", bound)
    for problem in todo.problems:
        values = {**bound, "problem": problem.what, "fix": problem.fix, "run": reasons.get(problem.what, run_id)}
        warehouse.execute(f"insert into {REFUSALS.name} values ($source, $problem, $fix, $run)", values)
    if todo.problems:
        return
    noted = _noted(warehouse, todo.name)
    there = {**todo.agreed, **todo.columns}
    changed = {name: status for name, status in there.items() if noted.get(name) != status}
    if changed:
        values = {**bound, "names": list(changed), "statuses": list(changed.values())}
        warehouse.execute(
            f"delete from {COLUMNS.name} where source = $source and name in (select unnest($names))", values
        )
        warehouse.execute(f"insert into {COLUMNS.name} select $source, unnest($names), unnest($statuses), $run", values)


def forget(warehouse: Warehouse, name: str) -> None:
    """Forget what was agreed of a source that is no more."""
    for table in (COLUMNS, REFUSALS):
        warehouse.execute(f"delete from {table.name} where source = $source", {"source": name})


def _noted(warehouse: Warehouse, name: str) -> dict[str, str]:
    if not warehouse.exists(COLUMNS.name):
        return {}
    sql = f"select name, status from {COLUMNS.name} where source = $source order by name"
    return dict(warehouse.rows(sql, {"source": name}))


def _absent(warehouse: Warehouse, todo: Plan, layout: Layout, keys: Iterable[str]) -> list[str]:
    """The mapped keys that a file of documents lacks and other files of its source have, loaded before or now."""
    if todo.source.load != "append" or layout.format not in {"json", "ndjson"}:
        return []
    others = [
        header for _, _, other in todo.new if other is not layout and not other.sampled for header in other.headers
    ]
    return absent(
        todo.source, keys, dict.fromkeys([*columns(warehouse, raw(todo.name)), *todo.agreed, *unique(others)])
    )


def _filled(warehouse: Warehouse, todo: Plan, file_id: int) -> list[str]:
    """Of a file whose keys were not all seen beforehand: its columns, but for mapped ones that no record has."""
    table = aside(todo.name)
    read = columns(warehouse, table)
    if not read:
        return []
    counts = warehouse.rows(
        f"select {', '.join(f'count({quote(name)})' for name in read)} from {table} where file_id = {file_id}"
    )
    mapped = {reference.column for reference in references(todo.source)}
    return [name for name, count in zip(read, counts[0], strict=True) if count or name not in mapped]


def _mapped(source: Source, names: Iterable[str]) -> set[str]:
    """Those of some columns that the mapping speaks of: by name, as what a name reaches into, or as a list's elements."""
    there = Columns(tuple(names))
    return {found for name in _spoken(source) if (found := there.find(name)) is not None}


def _spoken(source: Source) -> Iterator[str]:
    for reference in references(source):
        yield reference.column
        yield head(reference.column)
    for element in elements(source):
        yield element.name
        yield element.parent


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    shown = ", ".join(f"`{name}`" for name in names[:_NAMED])
    return f"{counted(len(names), 'new column')}, {shown}{more}"
