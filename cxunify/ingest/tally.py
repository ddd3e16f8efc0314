"""The rows of a source -> Counted: what its stages depend on, counted beforehand; and what its owner should know of that."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from cxunify.errors import Problem
from cxunify.ingest import interactions, narrow, persons, said, versions
from cxunify.ingest.counts import Counts, Otherwise
from cxunify.ingest.group import group
from cxunify.ingest.reuse import A_FEW, WHOLE
from cxunify.ingest.rows import Rows
from cxunify.ingest.steps import Counted
from cxunify.schema.words import counted, percent


def tally(
    counts: Counts, rows: Rows, notes: list[str], unreadable: tuple[str, ...], new: Collection[int] | None
) -> Counted | tuple[Problem, ...]:
    """Count what the stages of a source depend on, and note what its owner should know.

    `new`: the files whose rows are looked at, where others stand. What they say of ids must be plain then: whatever asks for all
    that share one is asked of all rows.
    """
    found = Counted(unreadable=unreadable)
    for look in (_of_people, _of_events):
        known = look(counts, rows, notes, found, new)
        if isinstance(known, Problem):
            return (known,)
        found = known
    return found


def _of_people(
    counts: Counts, rows: Rows, notes: list[str], found: Counted, new: Collection[int] | None
) -> Counted | Problem:
    warehouse, person = counts.warehouse, rows.source.person
    if person is None:
        return found
    total, named, distinct = warehouse.rows(persons.ids(rows, person))[0]
    older, nobody = named - distinct, total - named
    if new and (older or narrow.meets_records(warehouse, rows, persons.record_id(rows, person))):
        raise Otherwise
    if nobodies := counts.add("rows of nobody", nobody):
        notes.append(
            f"{counted(nobodies, 'row describes', 'rows describe')} nobody: neither an id nor any mapped column is filled"
        )
    if older and (problem := versions.compare(warehouse, rows, person, distinct)):
        return problem
    return dataclasses.replace(found, versions=bool(older), nobody=bool(nobody))


def _of_events(
    counts: Counts, rows: Rows, notes: list[str], found: Counted, new: Collection[int] | None
) -> Counted | Problem:
    warehouse, event = counts.warehouse, rows.source.interaction
    if event is None:
        return found
    lines = group(warehouse, rows, event)
    if new and (isinstance(lines, Problem) or lines.reused or narrow.meets_lines(warehouse, rows, event, new)):
        raise Otherwise
    if isinstance(lines, Problem):
        return lines
    if reused := counts.add("ids that are reused", lines.reused):
        notes.append(
            f"interaction.id: {counted(reused, 'id is', 'ids are')} shared by rows that cannot be one interaction; these"
            f" are kept apart (more than {A_FEW}, and more than {percent(WHOLE, 0)} of all, would make the column no id)"
        )
    if added := counts.add("interactions put together", lines.added):
        by_edge = counts.add("interactions put together by the edge of a file", lines.by_edge)
        weak = (
            f"; of {by_edge} of them only that one file ends with it and another begins with it tells so"
            if by_edge
            else ""
        )
        notes.append(f"the lines of {counted(added, 'interaction')} lie in several files, and were put together{weak}")
    if doubtful := counts.add("interactions stated anew or gone on with", lines.doubtful):
        notes.append(
            f"{counted(doubtful, 'interaction lies', 'interactions lie')} at the edge of a file, and in a later file that holds"
            " nothing new or follows one that holds nothing else: taken as stated anew, for the lines do not tell that from going"
            " on; if an export was cut there, say `load: parts`"
        )
    if mixed := counts.add("totals of several kinds", lines.mixed):
        notes.append(
            f"interaction.amount: {counted(mixed, 'interaction has', 'interactions have')} rows that were called off or given"
            " back beside others; the amount that each row repeats is counted whole"
        )
    own = [one or 0 for one in warehouse.rows(interactions.signs(lines))[0]]
    above, below = (counts.add(f"returns {side} zero", one) for side, one in zip(("above", "below"), own, strict=True))
    turned = bool(above and not below)
    if new and turned != bool(above - own[0] and not below - own[1]):
        raise Otherwise
    if turned:
        notes.append(f"the amounts of {counted(above, 'return')} carry no sign and are taken as money that flows back")
    notes += said.lacking(rows, event)
    return dataclasses.replace(found, lines=lines, turned=turned)
