"""`cxunify review`: doubtful pairs out to a CSV, decisions back in, or one pair at a time on a terminal.

Whoever decides does not see what the model thinks, unless asked for: a number beside a pair makes people agree with it.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import typer
from rich.padding import Padding
from rich.text import Text

from cxunify import private
from cxunify.cli.options import Options
from cxunify.cli.output import as_json, console, result, write_json
from cxunify.cli.parts import chance, count, next_step
from cxunify.cli.session import reading
from cxunify.cli.why import side_by_side
from cxunify.config import Config
from cxunify.errors import InputError, LookupFailed, Problem
from cxunify.identity.ask.decisions import ANSWERS, pair_of, save
from cxunify.identity.ask.explain import headings
from cxunify.identity.ask.review import Changed, Doubt, changes, doubts
from cxunify.identity.match.decide import Pair
from cxunify.schema.words import counted
from cxunify.warehouse import Warehouse

KEYS = ("record_a", "record_b", "decision")
SCORES = ("probability", "standing")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""What makes a spreadsheet take a cell for a formula, and the sign that stops it."""
MOST_PROBLEMS = 20
BATCH = 20
"""Answers from which on it says something that none of them changes anything."""


def out(options: Options, path: Path, limit: int, *, scores: bool) -> None:
    """Write the doubtful pairs to a CSV, side by side, with an empty column for the decision."""
    with reading(options) as (config, warehouse):
        found = doubts(warehouse, config, limit)
    fields = list(headings(config))
    header = [
        *KEYS,
        "why",
        *(SCORES if scores else ()),
        *(f"{field.replace(' ', '_')}_{side}" for field in fields for side in "ab"),
    ]
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(header)
    for doubt in found:
        says = (f"{doubt.probability:.4f}", doubt.standing) if scores else ()
        cells = (record.cells.get(field, "") for field in fields for record in (doubt.a, doubt.b))
        writer.writerow([doubt.a.key, doubt.b.key, "", doubt.why, *says, *(inert(cell) for cell in cells)])
    private.write(path, made.getvalue())
    result(options, {"pairs": len(found), "path": path}, _written)


def _written(found: dict[str, Any]) -> Iterator[Any]:
    if not found["pairs"]:
        yield Text("No pair is in doubt.")
        return
    yield Text(f"{counted(found['pairs'], 'doubtful pair')}, the most informative first: {found['path']}")
    yield next_step(f"write same or different into its column, then cxunify review --in {found['path']}")


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def take(options: Options, path: Path) -> None:
    """Read decisions back from a CSV that `--out` wrote. Raises InputError, with nothing saved, when it cannot."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            rows, columns = list(reader), list(reader.fieldnames or ())
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", "`cxunify review --out FILE` writes one.") from None
    except (UnicodeDecodeError, csv.Error):
        raise InputError(f"{path} is not CSV in UTF-8", "Save it as `CSV UTF-8`.") from None
    absent = [name for name in KEYS if name not in columns]
    if absent:
        raise InputError(
            f"{path} has no column {', '.join(absent)}", f"It needs {', '.join(KEYS)}, as --out wrote them."
        )
    with reading(options) as (config, warehouse):
        decided, places = _checked(warehouse, path, rows)
        changed = changes(warehouse, decided)
    kept = save(config, decided, _today(), places)
    result(options, Taken(kept.added, kept.changed, kept.unchanged, kept.path, changed), taken)


def _checked(warehouse: Warehouse, path: Path, rows: list[dict[str, str]]) -> tuple[dict[Pair, str], dict[Pair, str]]:
    """The decisions of a file and where each stands in it; every problem with it is reported at once."""
    known = {key for (key,) in warehouse.rows("select source || ':' || record_id from identity.features")}
    decided: dict[Pair, str] = {}
    places: dict[Pair, str] = {}
    problems = []
    for line, row in enumerate(rows, 2):
        decision = ANSWERS.get(row["decision"].strip().lower())
        strange = [name for name in KEYS[:2] if row[name] not in known]
        if decision is None:
            problems.append(Problem(f"{path}:{line}: the decision is neither same nor different", "Or leave it empty."))
        elif decision and strange:
            problems.append(
                Problem(
                    f"{path}:{line}: no record has the key in {' or '.join(strange)}", "Keep both as --out wrote them."
                )
            )
        elif decision and row["record_a"] == row["record_b"]:
            problems.append(Problem(f"{path}:{line}: both are the same record", "Keep both as --out wrote them."))
        elif decision:
            pair = pair_of(row["record_a"], row["record_b"])
            decided[pair], places[pair] = decision, f"{path}:{line}"
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    return decided, places


@dataclass(frozen=True)
class Taken:
    """Decisions that were handed over, and what they change."""

    added: int
    changed: int
    unchanged: int
    path: Path
    changes: Changed


def taken(found: Taken) -> Iterator[Any]:
    """What became of decisions, what they change, and what to do next."""
    yield Text(
        f"{counted(found.added, 'decision')} added, {found.changed} changed, {found.unchanged} known before: {found.path}"
    )
    yield from _changed(found.changes, found.path.name)


def _changed(found: Changed, decisions: str) -> Iterator[Any]:
    """What answers change, and what to do next: as long as they change something there is something to learn from them."""
    number = found.joined + found.parted + found.confirmed
    if number >= BATCH and not found.joined + found.parted:
        yield Text(f"All {number} answers say what the customers say already: it is enough")
        yield next_step("cxunify resolve: decisions bind it, and every later run")
        return
    if number:
        yield Text(
            f"Of {count(number, 'answer')} {found.joined} will join customers, {found.parted} will part records, and"
            f" {found.confirmed} say what the customers say already"
        )
    yield next_step(f"cxunify resolve --learn {decisions}: they bind, and what they teach is held against them")


def ask(options: Options, limit: int, *, scores: bool) -> None:
    """Ask on the terminal, one pair at a time; each answer is kept at once."""
    with reading(options) as (config, warehouse):
        found = doubts(warehouse, config, limit)
    if options.json:
        shown = as_json(found)
        write_json(shown if scores else [_blind(doubt) for doubt in shown])
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise LookupFailed(
            "there is no terminal to ask on", "Write a file with --out FILE and read it back with --in FILE."
        )
    decided: dict[Pair, str] = {}
    for number, doubt in enumerate(found, 1):
        answer = _answer(options, doubt, f"{number} of {len(found)}", headings(config), scores=scores)
        if answer == "q":
            break
        if answer:
            _keep(config, doubt, answer)
            decided[pair_of(doubt.a.key, doubt.b.key)] = answer
    screen = console(options)
    said = Counter(decided.values())
    screen.print(
        Text(f"\n{counted(said['same'], 'pair')} the same, {said['different']} different: {config.identity.decisions}")
    )
    with reading(options) as (_, warehouse):
        changed = changes(warehouse, decided)
    for piece in _changed(changed, config.identity.decisions):
        screen.print(piece)


def _blind(doubt: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in doubt.items() if name not in SCORES}


def _answer(options: Options, doubt: Doubt, place: str, named: Mapping[str, str], *, scores: bool) -> str:
    """What a person says of a pair: same, different, q (quit) or nothing (skip)."""
    screen = console(options)
    screen.print(Text(f"\n{place}", "bold"))
    screen.print(Padding(side_by_side(doubt.a, doubt.b, named), (1, 0, 1, 2)))
    screen.print(Text(f"  {doubt.why}"))
    if scores:
        screen.print(Text(f"  probability {chance(doubt.probability)}, {doubt.standing}", "dim"))
    while True:
        try:
            said = typer.prompt("One person? [s]ame, [d]ifferent, Enter: skip, [q]uit", default="", show_default=False)
        except typer.Abort:
            return "q"
        said = said.strip().lower()
        if said in {"q", "quit"}:
            return "q"
        if said in ANSWERS or said == "skip":
            return ANSWERS.get(said, "")


def _keep(config: Config, doubt: Doubt, decision: str) -> None:
    save(config, {pair_of(doubt.a.key, doubt.b.key): decision}, _today())


def _today() -> date:
    """The day a decision is made, UTC."""
    return datetime.now(UTC).date()
