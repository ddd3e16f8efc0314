"""files -> raw.*, staging.*: extracts read once, every row accounted for, conformed to the canonical records."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cxunify.config import Config, Source
from cxunify.errors import ContractError, CxunifyError, InputError, LookupFailed, Problem
from cxunify.ingest import agree, conform, deal, files, forgotten, load, narrow
from cxunify.ingest.agree import agreed
from cxunify.ingest.examine import Examined, examine
from cxunify.ingest.files import accept, refuse
from cxunify.ingest.find import folders
from cxunify.ingest.notes import ODD_HOURS, Note
from cxunify.ingest.planned import Plan, aside, raw
from cxunify.ingest.summarise import SourceSummary, Summary, summarise
from cxunify.schema import FILES, GAVE_WAY, INVALID, RECORDS, REFUSALS, REJECTS, REPEATS, STAGING, UNREAD
from cxunify.warehouse import Warehouse
from cxunify.warehouse.fingerprint import fingerprint as fingerprint_of

__all__ = [
    "ODD_HOURS", "Findings", "Note", "SourceSummary", "Summary", "accept", "agreed", "check", "fingerprint", "folders",
    "ingest", "refuse",
]  # fmt: skip


@dataclass(frozen=True)
class Findings:
    """What a check found: every problem, and, when there is none, what an ingest would do."""

    problems: tuple[Problem, ...]
    summary: Summary | None
    examined: tuple[Examined, ...] = ()
    """Of the sources that were to be looked at closely, in that order."""
    seen: Any = None
    """What whoever wanted to look has seen."""


def ingest(
    warehouse: Warehouse, config: Config, only: Iterable[str] | None = None, run_id: str = "", *, afresh: bool = False
) -> Summary:
    """Bring raw.* and staging.* up to date with the extracts of `config`, or of the sources named in `only`.

    `afresh`: files that are in are not read again, but all of their rows are conformed anew.

    A source whose files cannot be used is refused by itself, and what was loaded of it before stands. Raises InputError with
    every problem of every source where nothing was loaded before of one that is refused; then nothing has changed.
    """
    names = _chosen(config, only)
    files.prepare(warehouse)
    with warehouse.scratch() as scratch:
        plans = [load.look(config, name) for name in names]
        digests = files.digests(extract for todo in plans for extract in todo.found if not extract.superseded)
        for todo in plans:
            load.plan(warehouse, todo, digests)
        _raise(plans)
        return _taken_in(warehouse, config, plans, scratch, run_id, afresh=afresh)


def _taken_in(
    warehouse: Warehouse, config: Config, plans: list[Plan], scratch: Path, run_id: str, *, afresh: bool
) -> Summary:
    """Read what is new, put it in place and conform it."""
    try:
        seconds = _fetch(warehouse, plans, scratch)
        _raise(plans)
        changed = _placed(warehouse, config, plans, seconds, run_id, afresh=afresh)
    except CxunifyError:
        _leaves_bytes(warehouse)
        raise
    finally:
        for todo in plans:
            with contextlib.suppress(CxunifyError):
                warehouse.execute(f"drop table if exists {aside(todo.name)}")
    if any(todo.problems or agree.LEFT_OUT in todo.columns.values() for todo in plans):
        _leaves_bytes(warehouse)
    _note_contents(warehouse, config)
    sources = tuple(summarise(warehouse, todo, todo.name in changed, seconds[todo.name]) for todo in plans)
    return Summary(sources, fingerprint(warehouse, config))


def _leaves_bytes(warehouse: Warehouse) -> None:
    """What was read aside and is not kept may speak of people who are forgotten: its bytes are to go too."""
    if forgotten.are_some(warehouse):
        warehouse.note(forgotten.TO_COMPACT, "to be compacted")


def check(
    config: Config,
    closely: Iterable[str] = (),
    agreed: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    look: Callable[[Warehouse], Any] = lambda _: None,
) -> Findings:
    """Validate the header and the types of every extract. Writes nothing: the whole ingest runs in memory.

    Of the sources that are to be looked at `closely` it is told how their columns are filled and what became of their cells.
    `agreed`: the columns of what a project has loaded, by source, which new files are held against. `look`: whoever wants to see
    what was loaded before it is gone.
    """
    names = _chosen(config, closely) if closely else []
    with Warehouse.open(
        memory=config.limits.memory, threads=config.limits.threads, disk=config.limits.disk, directories=folders(config)
    ) as warehouse:
        files.prepare(warehouse)
        agree.remember(warehouse, agreed)
        try:
            summary = ingest(warehouse, config)
            there = [name for name in names if warehouse.exists(f"raw.{name}")]
            examined = tuple(examine(warehouse, name, config.sources[name]) for name in there)
            return Findings((), summary, examined, look(warehouse))
        except InputError as error:
            return Findings(error.problems, None)


def fingerprint(warehouse: Warehouse, config: Config) -> str:
    """What staging is made of: equal when a new ingest has changed nothing, whatever the files are called now."""
    return hashlib.sha256(repr(_states(warehouse, config, lambda _: True)).encode()).hexdigest()[:32]


def _chosen(config: Config, only: Iterable[str] | None) -> list[str]:
    names = list(dict.fromkeys(only or config.sources))
    unknown = [name for name in names if name not in config.sources]
    if unknown:
        hint = f"The sources are: {', '.join(config.sources)}."
        raise LookupFailed([Problem(f"there is no source {name}", hint) for name in unknown])
    problems = [
        Problem(f"source {name}: the name is taken by a table of cxunify's own", "Give the source another name.")
        for name in names
        if name in files.RESERVED
    ]
    if problems:
        raise InputError(problems)
    return names


def _raise(plans: list[Plan]) -> None:
    """Raise InputError with every problem of every source, where one is refused of which there is nothing that could stand."""
    stopping = [todo.name for todo in plans if todo.stops]
    if not stopping:
        return
    problems = [problem for todo in plans for problem in todo.problems]
    if any(todo.agreed for todo in plans):
        problems.append(
            Problem(
                f"no source was loaded: {', '.join(stopping)} would be new, and nothing of it is there that could stand",
                "Mend what is told of it, or leave its section out of the configuration until then; the others go on.",
            )
        )
    raise InputError(problems)


def _fetch(warehouse: Warehouse, plans: list[Plan], scratch: Path) -> dict[str, float]:
    """Read all new files aside. Returns the seconds that each source took."""
    seconds = {}
    file_id, read = files.next_id(warehouse), deal.reader(warehouse, plans)
    for todo in plans:
        started = time.perf_counter()
        file_id = load.fetch(warehouse, todo, file_id, scratch, read)
        seconds[todo.name] = time.perf_counter() - started
    return seconds


def _placed(
    warehouse: Warehouse, config: Config, plans: list[Plan], seconds: dict[str, float], run_id: str, *, afresh: bool
) -> set[str]:
    """Put everything in place at once; where the rows of a source cannot be conformed, all but those. Returns what is new."""
    while True:
        refused = [todo.name for todo in plans if todo.unread]
        try:
            with warehouse.transaction():
                return _place(warehouse, config, plans, seconds, run_id, afresh=afresh)
        except InputError:
            _raise(plans)
            if refused == [todo.name for todo in plans if todo.unread]:
                raise  # it is no source's rows


def _place(
    warehouse: Warehouse, config: Config, plans: list[Plan], seconds: dict[str, float], run_id: str, *, afresh: bool
) -> set[str]:
    """Put everything in place and conform what changed. Returns the sources whose staging is new.

    Raises InputError where rows of sources cannot be conformed; their plans have learned why.
    """
    changed, notes = set(), dict[str, tuple[str, ...]]()
    _forget_gone(warehouse, config)
    for todo in plans:
        started = time.perf_counter()
        if todo.problems:
            todo.stand()
            agree.note(warehouse, todo, run_id)
        else:
            load.place(warehouse, todo, run_id)
        stale = todo.changed or warehouse.noted(_key(todo.name))[0] != conform.digest(warehouse, config, todo.name)
        if (stale or afresh) and _can_be_conformed(warehouse, todo):
            result = conform.conform(warehouse, config, todo.name, load.formats(warehouse, todo), afresh=afresh)
            todo.problems += result.problems
            todo.unread = bool(result.problems)
            notes[todo.name] = result.notes
            warehouse.note(_key(todo.name), conform.digest(warehouse, config, todo.name))
            changed |= {todo.name} if stale else set()
        seconds[todo.name] += time.perf_counter() - started
    if any(todo.unread for todo in plans if todo.name in notes):
        raise InputError([problem for todo in plans for problem in todo.problems])
    for todo in plans:
        todo.notes += notes.get(todo.name, ())
    if changed and not conform.are_distinct(warehouse):
        raise ContractError(
            "two different ids, or two different traces, got the same number",
            "A chance of one in a million; change any extract.",
        )
    return changed


def _can_be_conformed(warehouse: Warehouse, todo: Plan) -> bool:
    """Whether the rows that are in place are what the mapping speaks of; those of a source that is refused may not be."""
    if not todo.problems:
        return True
    return not todo.unread and warehouse.exists(f"raw.{todo.name}") and not agree.outgrown(warehouse, todo)


def _forget_gone(warehouse: Warehouse, config: Config) -> None:
    """Remove what is left of sources that the configuration no longer has."""
    for (name,) in warehouse.rows(f"select distinct source from {FILES.name}"):
        if name not in config.sources:
            conform.clear(warehouse, name)
            files.forget(warehouse, name)
            agree.forget(warehouse, name)
            narrow.forget(warehouse, name)
            warehouse.execute(f"drop table if exists {raw(name)}")


def _key(name: str) -> str:
    """Under what it is noted what the staging rows of a source were made from."""
    return f"source {name}"


def _states(warehouse: Warehouse, config: Config, wanted: Callable[[Source], object]) -> list[tuple[str, str]]:
    """The sources that are wanted, and what their staging rows were made from."""
    return [(name, warehouse.noted(_key(name))[0]) for name in sorted(config.sources) if wanted(config.sources[name])]


def _note_contents(warehouse: Warehouse, config: Config) -> None:
    """Note what the tables of raw and staging hold, for those who build on them.

    A file that was away and came back has another number, and so have its rows: what was built on the old ones is stale.
    """

    def held(wanted: Callable[[Source], object]) -> str:
        states = _states(warehouse, config, wanted)
        return fingerprint_of(
            [(*state, [file.file_id for file in files.known(warehouse, state[0])]) for state in states]
        )

    people = held(lambda source: source.person)
    events = held(lambda source: source.interaction)
    held_by = {RECORDS: people, **dict.fromkeys((INVALID, GAVE_WAY, UNREAD, REPEATS), fingerprint_of(people, events))}
    for table in STAGING:
        warehouse.note(table.name, held_by.get(table, events))
    for table in (FILES, REJECTS, REFUSALS):
        # When and by which run a file was loaded changes nothing of what it says.
        columns = ", ".join(
            name for name in table.types if name not in {"loaded_at", "modified_at", "run_id", "refused", "is_ended"}
        )
        warehouse.note(table.name, warehouse.hash_of(f"(select {columns} from {table.name})"))
    for name in config.sources:
        warehouse.note(raw(name), held(config.sources[name].__eq__))
