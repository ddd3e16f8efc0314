"""raw.<source>, mapping -> the same rows, one per element of the list that the mapping names, and a column per element it picks.

A record of n elements becomes n rows, one without any stays one row. Rows are counted as they are then: a record that cannot
be used is one of them.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from itertools import accumulate, pairwise

from cxunify.config import Source
from cxunify.errors import InputError, Problem
from cxunify.ingest.bind import Columns, Element, elements, head, is_of_lines, references, wanted
from cxunify.ingest.dialect import unique
from cxunify.ingest.find import Extract
from cxunify.ingest.read import Reading
from cxunify.ingest.salvage import MOST_REJECTS, Reject
from cxunify.schema.words import counted
from cxunify.vocabulary.headers import fold
from cxunify.warehouse import Warehouse, literal, quote

MANY = 200
"""Elements of one record from which on it is asked how far the rows grow."""
LARGEST = 64 * 2**20
"""Characters that the rows may grow to whatever they were; beyond it, to `MANY` times what they were."""
_HELD = "ingest_elements"
_LIST, _SORT, _EARLIER, _PLACE = '" list"', '" sort"', '" earlier"', '" place"'
"""Columns of the moment; no column of a file begins with a blank."""
_ROWS = f"greatest(len({_LIST}), 1)"


def lists(name: str, source: Source) -> list[Problem]:
    """What is wrong with the lists that a mapping names, whatever the files hold."""
    spread = [element for element in elements(source) if element.spreads]
    problems = []
    for outer, inner in pairwise(spread):
        if not inner.name.casefold().startswith(outer.name.casefold()):
            problems.append(
                Problem(
                    f"source {name}: a row cannot be one element of two lists, `{outer.name}` and `{inner.name}`",
                    f"Map one of them under `also`, or in a second source of the same files; or name an element: `{inner.parent}.0`"
                    f" is the first, `{inner.parent}[key=…]` the one whose field says so.",
                )
            )
    return [*problems, *_repeated(name, source)] if spread else []


def _repeated(name: str, source: Source) -> list[Problem]:
    """The fields that say something of a whole record, and would be counted once for each element of its list."""
    by_key: dict[str, list[str]] = {}
    for reference in references(source):
        by_key.setdefault(reference.key, []).append(reference.column)
    of_lines = {key for key, names in by_key.items() if is_of_lines(names)}
    problems = []
    if source.person is not None and source.person.id is not None and "person.id" not in of_lines:
        problems += [
            Problem(
                f"source {name}: {key} is of each element of a list, and person.id of the whole record: these would be versions of"
                " one person, of which the last one counts",
                "Name one element, such as `emails.0.value` or `emails[type=work].value`; or map the id of each.",
                key=key,
            )
            for key in by_key
            if key.startswith("person.") and key in of_lines
        ]
    event = source.interaction
    if event is None or not any(key.startswith("interaction.") for key in of_lines):
        return problems
    apart = event.id is None or "interaction.id" in of_lines
    added = {
        "interaction.amount": event.amount is not None
        and event.amount.per != "interaction"
        and (apart or event.amount.per == "line" or bool(event.amount.multiply)),
        "interaction.quantity": True,
    }
    return problems + [
        Problem(
            f"source {name}: {key} is of the whole record, and would be counted once for each element of its list",
            "Map what each element says of it, or leave it out"
            + (
                "; or map the record's own id as `interaction.id`, which makes its elements lines of one."
                if apart
                else "."
            ),
            key=key,
        )
        for key, counted in added.items()
        if counted and key in by_key and key not in of_lines
    ]


def expand(
    warehouse: Warehouse, source: Source, extract: Extract, reading: Reading, table: str, file_id: int
) -> Reading:
    """Make rows and columns of the lists that a mapping names, of one file in `table`. Raises InputError."""
    own = Columns(tuple(unique(reading.layout.headers)))
    for element in elements(source):
        columns = Columns(tuple(list(warehouse.columns(table.replace('"', "")))[2:]))
        parent = columns.sql(element.parent)
        if parent is None or own.find(element.name) is not None:
            continue
        known = columns.find(element.name)
        _hold(warehouse, table, file_id, parent, known)
        if known is None:
            warehouse.execute(f"alter table {table} add column {quote(element.name)} varchar")
        reading = replace(reading, rejects=[*reading.rejects, *_rejected(warehouse, extract, element)])
        if element.spreads:
            once = _once(source, columns, element)
            reading = _spread(warehouse, extract, reading, table, element, once)
        else:
            reading = _picked(warehouse, reading, table, element)
        warehouse.execute(f"drop table {_HELD}")
    return reading


def _hold(warehouse: Warehouse, table: str, file_id: int, parent: str, known: str | None) -> None:
    """Take the rows of a file out of the table, each with its list: of one thing that is no list, a list of that.

    Where a file before it has the column of the elements, that is `known`, and empty in all of these rows.
    """
    rows = f"* exclude ({quote(known)})" if known is not None else "*"
    listed = f"select {rows}, nullif(trim({parent}), '') as {_LIST} from {table} where file_id = {file_id}"
    sorts = f"case when {_LIST} is null then 'NULL' when json_valid({_LIST}) then json_type({_LIST}) else 'TEXT' end"
    items = (
        f"case {_SORT} when 'ARRAY' then json_extract({_LIST}, '$[*]') when 'OBJECT' then [{_LIST}::json] else [] end"
    )
    warehouse.execute(
        f"create or replace temp table {_HELD} as select * exclude ({_LIST}), {items}::json[] as {_LIST}"
        f" from (select *, {sorts} as {_SORT} from ({listed}))"
    )
    warehouse.execute(f"delete from {table} where file_id = {file_id}")


def _rejected(warehouse: Warehouse, extract: Extract, element: Element) -> list[Reject]:
    """The rows in which something else is where the list should be: they are taken out."""
    other = f"{_SORT} not in ('ARRAY', 'OBJECT', 'NULL')"
    if warehouse.scalar(f"select count(*) from {_HELD} where {other}") > MOST_REJECTS:
        raise InputError(
            f"source {extract.source}: `{element.parent}` is no list in more than {MOST_REJECTS} records of {extract.name}",
            "Brackets are for lists in JSON: map the column by its name alone.",
        )
    rows = f"(select * exclude ({_LIST}, {_SORT}) from {_HELD} where {other}) as raw"
    found = warehouse.rows(f"select source_row, to_json(raw)::varchar from {rows} order by 1")
    warehouse.execute(f"delete from {_HELD} where {other}")
    return [Reject(row, None, None, f"`{element.parent}` is no list in JSON", text) for row, text in found]


def _picked(warehouse: Warehouse, reading: Reading, table: str, element: Element) -> Reading:
    """Put the rows back with the first element whose field has the value."""
    path = "$" + "".join(f".{quote(part)}" for part in element.key.split("."))
    fits = f"lambda item: json_extract_string(item, {literal(path)}) = {literal(element.value)}"
    found = f"list_filter({_LIST}, {fits})"
    warehouse.execute(
        f"insert into {table} by name select * exclude ({_LIST}, {_SORT}),"
        f" json_extract_string({found}[1], '$') as {quote(element.name)} from {_HELD}"
    )
    rows, there, several = warehouse.rows(
        f"select count(*), count_if(len({found}) > 0), count_if(len({found}) > 1) from {_HELD}"
    )[0]
    if rows and not there:
        return _told(reading, f"no record has `{element.name}`")
    return (
        _told(
            reading,
            f"{counted(several, 'record has', 'records have')} `{element.name}` more than once: the first counts",
        )
        if several
        else reading
    )


def _spread(
    warehouse: Warehouse, extract: Extract, reading: Reading, table: str, element: Element, once: list[str]
) -> Reading:
    """Put the rows back, one of each element, without the columns that are not to be repeated."""
    longest, empty = warehouse.rows(f"select coalesce(max(len({_LIST})), 0), count_if(len({_LIST}) = 0) from {_HELD}")[
        0
    ]
    left = ", ".join([_LIST, _SORT, *map(quote, once)])
    if longest > MANY:
        _bounded(warehouse, extract, element, left)
    before = "rows between unbounded preceding and 1 preceding"
    earlier = f"coalesce(sum({_ROWS} - 1) over (order by source_row {before}), 0)::bigint"
    warehouse.execute(
        f"insert into {table} by name select * exclude ({left}, source_row, {_EARLIER}, {_PLACE}),"
        f" source_row + {_EARLIER} + {_PLACE} as source_row,"
        f" json_extract_string({_LIST}[{_PLACE} + 1], '$') as {quote(element.name)}"
        f" from (select *, unnest(range({_ROWS})) as {_PLACE} from (select *, {earlier} as {_EARLIER} from {_HELD}))"
    )
    more = warehouse.rows(f"select source_row, {_ROWS} - 1 from {_HELD} where {_ROWS} > 1 order by 1")
    if not more:
        return reading
    rows = [row for row, _ in more]
    sums = list(accumulate((extra for _, extra in more), initial=0))
    rejects = [
        replace(reject, source_row=reject.source_row + sums[bisect_left(rows, reject.source_row)])
        for reject in reading.rejects
    ]
    records = reading.records + sums[-1]
    told = f"{counted(reading.records, 'record is', 'records are')} {counted(records, 'row')}"
    told += f", one of each element of `{element.parent}`"
    told += f"; {empty} without any {'is a row' if empty == 1 else 'are a row each'}" if empty else ""
    return _told(replace(reading, records=records, rejects=rejects), told)


def _bounded(warehouse: Warehouse, extract: Extract, element: Element, left: str) -> None:
    """Raise InputError where the rest of few records, repeated beside each of their elements, would fill the disk."""
    size = f"length(to_json(raw)::varchar) as size from (select * exclude ({left}) from {_HELD}) as raw"
    sizes = f"select source_row, {size}"
    own, grown = warehouse.rows(
        f"select sum(size), sum(size * {_ROWS}) from ({sizes}) join (select source_row, {_LIST} from {_HELD}) using (source_row)"
    )[0]
    if grown > max(LARGEST, MANY * own):
        raise InputError(
            f"source {extract.source}: {extract.name} would grow to {grown // 2**20} MB with a row of each element of"
            f" `{element.parent}`",
            "Its records have too many for what else they hold: export the elements by themselves.",
        )


def _once(source: Source, columns: Columns, element: Element) -> list[str]:
    """The column that holds the list, where nothing else in it is mapped: its elements say it all."""
    whole = columns.find(element.parent)
    within = [fold(one.name) for one in elements(source)]
    others = [name for name in wanted(source) if not fold(name).startswith(tuple(within))]
    used = {column for name in others for column in (columns.find(name), columns.find(head(name)))}
    return [whole] if whole is not None and whole not in used else []


def _told(reading: Reading, note: str) -> Reading:
    return replace(reading, layout=replace(reading.layout, notes=(*reading.layout.notes, note)))
