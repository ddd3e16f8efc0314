"""`cxunify act`: what can be done here with each customer, how sure that is, and what keeps the rest from being done."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from cxunify import actions, pipeline
from cxunify.actions import Action
from cxunify.cli.options import Options
from cxunify.cli.output import result
from cxunify.cli.parts import count, grid, indented, marked, next_step, table, text
from cxunify.cli.session import session

_STATUS = {"ready": ("✓", "green"), "weak": ("~", "yellow"), "refused": ("✗", "red"), "nothing": ("·", "dim")}

_BLOCKS = {
    "What you can do now": ("interaction", "next_product", "campaign_benefit"),
    "What is known of customers": ("insight",),
    "What to do better": ("customer_orientation", "improvement"),
}
"""Heading -> the capabilities and categories below it: whom to contact with what, and whether it worked, comes first."""
_ROOM = 80
"""Letters in a line of the narrowest terminal that a table is made for."""


@dataclass(frozen=True)
class Rows:
    """The first rows of a table, as plain values, and how many it has."""

    table: str
    columns: tuple[str, ...]
    first: tuple[tuple[Any, ...], ...]
    rows: int


@dataclass(frozen=True)
class One:
    """One capability: what came of it, and the first rows of its tables."""

    action: Action
    tables: tuple[Rows, ...]


def one(options: Options, name: str, limit: int, as_of: datetime | None, *, force: bool) -> None:
    """Bring the layer up to date and print one capability. Raises LookupFailed, with the nearest one, for an unknown name."""
    actions.capability(name)
    with session(options, "act", steps=len(pipeline.NAMES) + 1) as opened:
        request = pipeline.Request(
            opened.run_id, until="act", as_of=as_of.replace(tzinfo=None) if as_of else None, force=force
        )
        outcome = pipeline.run(opened.warehouse, opened.config, request, opened.talk.begin)
        found = next(action for action in outcome.actions if action.capability == name)
        tables = tuple(
            Rows(of, tuple(frame.columns), tuple(frame.rows()), rows)
            for of, (frame, rows) in actions.first_rows(opened.warehouse, name, limit).items()
        )
    result(options, One(found, tables), _page)


def pieces(found: Sequence[Action]) -> Iterator[Any]:
    """What can be done here, what is known and what to do better; then what the data does not bear, by what keeps it from that."""
    if not found:
        return
    left = [action for action in found if action.status in ("ready", "weak")]
    for at, (heading, below) in enumerate(_BLOCKS.items()):
        part = [of for of in left if of.capability in below or of.category in below]
        left = [of for of in left if of not in part]
        if part or not at:
            yield Text()
            yield text(heading, "bold")
        if part:
            yield indented(_rows((of.status, of.title, _short(of)) for of in part))
        elif not at:
            yield text("  Nothing yet: what keeps it from being done stands below.")
    yield from _kept_back(found)
    yield text("✓ ready   ~ no better than a simple rule, or not checked yet   ✗ refused   · there is none", "dim")


def _kept_back(found: Sequence[Action]) -> Iterator[Any]:
    """What cannot be done, together where the same keeps it from that; what no row is of is named alone."""
    told: dict[tuple[str, str], list[Action]] = {}
    lacking = [of.title for of in found if of.status == "nothing" and of.requirement]
    for of in found:
        if of.status == "refused" or (of.status == "nothing" and not of.requirement):
            told.setdefault((of.status, _short(of)), []).append(of)
    if told:
        yield Text()
        yield text("What the data does not bear yet", "bold")
        shown = grid()
        shown.add_column(no_wrap=True)
        shown.add_column(ratio=1)
        # What keeps the most from being done comes first.
        for (status, why), kept in sorted(told.items(), key=lambda item: -len(item[1])):
            mark, style = _STATUS[status]
            shown.add_row(Text(mark, style), text(f"{', '.join(of.title for of in kept)}: {why}"))
        yield indented(shown)
    if lacking:
        yield Text()
        yield text(f"No data of their kind have: {', '.join(lacking)}", "dim")


def _rows(rows: Iterable[tuple[str, str, str]]) -> Table:
    shown = marked()
    for status, title, said in rows:
        mark, style = _STATUS[status]
        shown.add_row(Text(mark, style), text(title), text(said, "dim" if status == "ready" else ""))
    return shown


def _short(action: Action) -> str:
    """What came of a capability in one sentence, or why nothing did."""
    return action.reason or action.check or count(action.customers or 0, "customer")


def _page(found: One) -> Iterator[Any]:
    action = found.action
    mark, style = _STATUS[action.status]
    yield text(f"{mark} {action.title}: {action.status}", f"bold {style}")
    for sentence in (action.reason, action.check):
        if sentence:
            yield text(sentence)
    if action.checked_on:
        yield text(f"Held against what came from {action.checked_on} on.", "dim")
    if action.overridden:
        yield text("Its minimums are those of the configuration, not the shipped ones.", "yellow")
    yield text(f"How: {action.method}", "dim")
    for rows in found.tables:
        if not rows.rows:
            continue
        shown = table(*(name.replace("_", " ") for name in rows.columns), fold=True)
        for row in rows.first:
            shown.add_row(*(text(_said(value)) for value in row))
        for column, width in zip(shown.columns, _widths(rows), strict=True):
            column.width = width
        yield Text()
        yield text(f"{rows.table}, {count(rows.rows, 'row')}, the first:", "bold")
        yield shown
    if action.gaps:
        yield next_step(
            f"cxunify quality {shlex.quote(action.gaps.split(', ')[0])}: the rows that keep it from being done"
        )
    else:
        yield next_step("cxunify show WHO: one customer, everything")


def _widths(rows: Rows) -> list[int]:
    """How wide each column is: as its longest word, ids whole, and what is left of a line goes to those with the longest cells."""
    cells = [[name.replace("_", " "), *(_said(row[at]) for row in rows.first)] for at, name in enumerate(rows.columns)]
    longest = [max(map(len, cell)) for cell in cells]
    word = [max(len(part) for text in cell for part in text.split()) for cell in cells]
    limit = next(
        (most for most in range(12, 4, -1) if sum(min(of, most) for of in word[1:]) + word[0] <= _room(word)), 5
    )
    widths = [word[0], *(min(of, limit) for of in word[1:])]
    while (spare := _room(word) - sum(widths)) > 0 and (
        short := [at for at, of in enumerate(longest) if of > widths[at]]
    ):
        for at in sorted(short, key=lambda at: widths[at] - longest[at])[:spare]:
            widths[at] += 1
    return widths


def _room(columns: Sequence[int]) -> int:
    """What a line has for cells, two blanks between each and the next."""
    return _ROOM - 2 * (len(columns) - 1)


def _said(value: object) -> str:
    """A value as people read it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.3g}" if isinstance(value, float) else str(value)
