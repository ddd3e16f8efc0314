"""raw.<source> -> staging.*: the stages that make one source's staging rows, in the order in which they are put in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxunify.ingest import interactions, persons, versions
from cxunify.ingest.group import Lines
from cxunify.ingest.repeats import repeats
from cxunify.ingest.rows import Rows, staged
from cxunify.ingest.unreadable import invalid, unread
from cxunify.schema import GAVE_WAY, REJECTS, STAGING
from cxunify.warehouse import Stage, Warehouse

_OURS = {**dict.fromkeys((table.name for table in STAGING), "true"), REJECTS.name: "stage = 'conform'"}
"""The tables that sources share, and which of a source's rows in them come of these stages."""


@dataclass(frozen=True)
class Counted:
    """What was counted of a source's rows before its stages were made: it leaves out the work that these rows do not need."""

    versions: bool = False
    """Several rows share a record id; persons.GAVE holds those that give way."""
    nobody: bool = False
    """Some rows describe nobody."""
    lines: Lines | None = None
    """Of a source of interactions."""
    turned: bool = False
    """Its returns carry no sign."""
    unreadable: tuple[str, ...] = ()
    """The fields of which some cells say something and cannot be read; unreadable.UNREADABLE holds these."""


def steps(rows: Rows, counted: Counted) -> tuple[Stage, ...]:
    """The stages of one source."""
    person, event, lines = rows.source.person, rows.source.interaction, counted.lines
    made: list[Stage] = []
    if person is not None:
        made.append(persons.records(rows, person, versions=counted.versions))
    if event is not None and lines is not None:
        made.append(interactions.interactions(lines, turned=counted.turned))
        if lines.said.traces:
            made.append(interactions.traces(lines))
        if lines.repeated and interactions.says_of_lines(event):
            made.append(interactions.parts(lines, event, turned=counted.turned))
        if lines.untimed:
            made += [interactions.untimed(rows, event, lines), interactions.undated_optouts(lines)]
        if lines.reused:
            made.append(interactions.reused(rows, lines))
    if gone := _gave_way(rows, counted):
        made.append(staged(GAVE_WAY, " union all ".join(gone)))
    if counted.unreadable:
        made += [invalid(rows), unread(rows, counted.unreadable)]
    return (*made, repeats(rows))


def _gave_way(rows: Rows, counted: Counted) -> list[str]:
    """The rows that stand for nothing by themselves, by what became of them."""
    person, lines = rows.source.person, counted.lines
    gone = [versions.gave_way(rows)] if counted.versions else []
    gone += [persons.nobody(rows, person)] if counted.nobody and person is not None else []
    return gone + ([interactions.gave_way(rows)] if lines is not None and lines.away else [])


def replace(warehouse: Warehouse, name: str, stages: Sequence[Stage]) -> None:
    """Put what the stages select in the place of all that the shared tables hold of a source."""
    for table, which in _OURS.items():
        warehouse.execute(f"delete from {table} where source = $source and {which}", {"source": name})
    for stage in stages:
        warehouse.execute(f"insert into {stage.table.name} by name {stage.select}")
