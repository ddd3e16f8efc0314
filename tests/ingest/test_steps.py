"""The stages of one source, each on a few rows: values that can be read and run one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from cxunify.config import Config, Source
from cxunify.errors import Problem
from cxunify.ingest import files, group, interactions, persons, repeats, reuse, unreadable, versions
from cxunify.ingest.bind import Columns
from cxunify.ingest.dates import DateStyle
from cxunify.ingest.money import NumberStyle
from cxunify.ingest.rows import Facts, Reader, Rows
from cxunify.ingest.said import said
from cxunify.ingest.steps import Counted, replace, steps
from cxunify.schema import (
    GAVE_WAY,
    INTERACTIONS,
    INVALID,
    LINES,
    OLDER,
    RECORDS,
    REJECTS,
    REPEATS,
    REUSED,
    STAGING,
    TRACES,
    UNDATED_OPTOUTS,
    UNREAD,
)
from cxunify.warehouse import Stage, Warehouse, quote

COLUMNS = ("id", "at", "v", "who", "dob")
FACTS = Facts(
    dates={("at",): DateStyle(local=True), ("dob",): DateStyle(local=True)}, numbers={"v": NumberStyle(plain=True)}
)
PERSON = {"id": "who", "birth_date": "dob", "updated_at": "at"}
EVENT = {"id": "id", "at": "at", "kind": "purchase", "amount": {"column": "v", "per": "line"}, "person": {"s": "who"}}


@pytest.fixture
def house() -> Iterator[Warehouse]:
    with Warehouse.open() as opened:
        files.prepare(opened)
        yield opened


def _source(person: Any = PERSON, event: Any = EVENT) -> Source:
    keys = {"channel": "pos", "files": "s.csv", "person": person, "interaction": event}
    config = {"version": 1, "sources": {"s": {key: value for key, value in keys.items() if value}}}
    return Config.model_validate({**config, "region": "US", "currency": "USD", "timezone": "UTC"}).sources["s"]


def _rows(house: Warehouse, *rows: tuple[int, int, str | None, str | None, str | None, str | None, str | None]) -> Rows:
    """A source whose raw table holds these: file, row, and a text per column."""
    house.execute(
        f"create table raw.s (file_id integer, source_row bigint, {', '.join(f'{quote(name)} varchar' for name in COLUMNS)})"
    )
    for row in rows:
        values = {f"v{place}": value for place, value in enumerate(row)}
        house.execute(f"insert into raw.s values ({', '.join(f'${name}' for name in values)})", values)
    return Rows("s", _source(), "raw.s", Reader(Columns(COLUMNS)), "UTC", "USD", facts=FACTS)


def _lines(house: Warehouse, rows: Rows) -> group.Lines:
    assert rows.source.interaction
    found = group.group(house, rows, rows.source.interaction)
    assert isinstance(found, group.Lines)
    return found


def _all(house: Warehouse, stage: Stage, columns: str) -> list[tuple[Any, ...]]:
    return house.rows(f"select {columns} from ({stage.select}) order by all")


def test_of_the_versions_of_a_record_the_newest_counts(house: Warehouse) -> None:
    rows = _rows(
        house,
        (1, 1, None, "2024-01-01", None, "P1", "1990-01-01"),
        (1, 2, None, "2024-02-01", None, "P1", "1991-01-01"),
        (1, 3, None, None, None, "P2", None),
    )
    assert rows.source.person
    assert house.rows(persons.ids(rows, rows.source.person)) == [(3, 3, 2)]
    assert versions.compare(house, rows, rows.source.person, 2) is None
    stage = persons.records(rows, rows.source.person, versions=True)
    assert stage.table == RECORDS
    assert _all(house, stage, "record_id, source_row") == [("P1", 2), ("P2", 3)]
    assert len(_all(house, persons.records(rows, rows.source.person, versions=False), "record_id")) == 3
    assert house.rows(f"select record_id, source_row, reason from {persons.GAVE}") == [("P1", 1, OLDER)]


def test_rows_become_lines_and_lines_interactions(house: Warehouse) -> None:
    rows = _rows(
        house,
        (1, 1, "A", "2024-01-01", "2.50", "P1", None),
        (1, 2, "B", "2024-01-02", "1", None, None),
        (1, 3, "A", None, "0.50", None, None),
        (1, 4, "C", None, "9", "P1", None),
    )
    event = rows.source.interaction
    assert event
    lines = _lines(house, rows)
    assert lines == group.Lines(said(rows, event), group.LINES, repeated=True, untimed=True)
    assert house.rows(f"select interaction_id, amount, lines from {group.GROUPED}") == [("A", Decimal("3.00"), 2)]
    assert _all(house, interactions.interactions(lines, turned=False), "interaction_id, amount, lines, kind") == [
        ("A", Decimal("3.00"), 2, "purchase"),
        ("B", Decimal("1.00"), 1, "purchase"),
    ]
    at = datetime(2024, 1, 1)
    known = "person_source, person_record_id, interactions, first_at"
    assert _all(house, interactions.traces(lines), known) == [("s", "P1", 1, at)]
    assert _all(house, interactions.parts(lines, event, turned=False), "interaction_id, line, amount") == [
        ("A", 1, Decimal("2.50")),
        ("A", 2, Decimal("0.50")),
    ]
    assert _all(house, interactions.untimed(rows, event, lines), "file_id, source_row, reason") == [
        (1, 4, "no valid time in column at")
    ]


def test_made_ids_are_numbered_within_a_file_and_things_that_share_an_id_get_numbers(house: Warehouse) -> None:
    house.execute(f"""
        create temp table {group.LINES.removeprefix("temp.")} as
        select * from (values
            ('A', 1, 1, false), ('A', 2, 1, false), ('made', 1, 2, true), ('made', 1, 3, true), ('made', 2, 2, true)
        ) as t (interaction_id, file_id, source_row, made)""")
    columns = "interaction_id, stated_id, file_id, source_row"
    made = [("made", "made", 1, 2), ("made", "made", 2, 2), ("made-2", "made", 1, 3)]
    alone = group.numbered(made=True, reused=False)
    assert _all(house, alone, columns) == [("A", "A", 1, 1), ("A", "A", 2, 1), *made]
    house.execute(f"create temp table {reuse.APART.removeprefix('temp.')} as select 2 file_id, 1 source_row, 2 place")
    both = group.numbered(made=True, reused=True)
    assert _all(house, both, columns) == [("A", "A", 1, 1), ("A~2", "A", 2, 1), *made]


def test_amounts_of_which_nobody_can_tell_are_a_problem(house: Warehouse) -> None:
    rows = _rows(house, (1, 1, "A", "2024-01-01", "1", None, None), (1, 2, "A", "2024-01-01", "2", None, None))
    found = group.group(house, rows, _source(event={**EVENT, "amount": "v"}).interaction)  # type: ignore[arg-type]
    assert isinstance(found, Problem)
    assert "1 interaction that share an id" in found.what


def test_a_cell_that_cannot_be_read_is_told(house: Warehouse) -> None:
    rows = _rows(house, (1, 1, "A", "2024-01-01", "?", "P1", "never"), (1, 2, "B", "2024-01-01", "1", "P2", None))
    assert unreadable.find(house, rows) == ("birth_date", "amount")
    stage = unreadable.invalid(rows)
    assert stage.table == INVALID
    assert _all(house, stage, "source_row, field, reason") == [
        (1, "amount", "not a number"),
        (1, "birth_date", "not a date"),
    ]


def test_the_stages_are_those_that_the_rows_need(house: Warehouse) -> None:
    rows = _rows(house, (1, 1, "A", "2024-01-01", "1", "P1", None))
    plain = Counted(lines=_lines(house, rows))
    assert [stage.table.name for stage in steps(rows, plain)] == [
        RECORDS.name,
        INTERACTIONS.name,
        TRACES.name,
        REPEATS.name,
    ]
    lines = group.Lines(said(rows, rows.source.interaction), repeated=True, untimed=True)  # type: ignore[arg-type]
    every = [stage.table.name for stage in steps(rows, Counted(lines=lines, unreadable=("amount",)))]
    assert every == [
        RECORDS.name,
        INTERACTIONS.name,
        TRACES.name,
        LINES.name,
        REJECTS.name,
        UNDATED_OPTOUTS.name,
        INVALID.name,
        UNREAD.name,
        REPEATS.name,
    ]


def test_a_row_that_a_file_holds_twice_is_told_once(house: Warehouse) -> None:
    same = ("A", "2024-01-01", "1", "P1", None)
    rows = _rows(house, (1, 1, *same), (1, 2, "A", None, "1", "P1", None), (1, 3, *same), (1, 4, *same), (2, 1, *same))
    assert _all(house, repeats.repeats(rows), "file_id, source_row, id") == [(1, 3, "P1"), (1, 4, "P1")]


def test_a_sources_rows_are_replaced_and_no_others(house: Warehouse) -> None:
    rows = _rows(house, (1, 1, "A", "2024-01-01", "?", "P1", None))
    for table in (*STAGING, REJECTS):
        house.execute(f"insert into {table.name} by name select 's' as source union all select 'other'")
    house.execute(f"update {REJECTS.name} set stage = 'read' where source = 's'")
    house.execute(f"insert into {REJECTS.name} by name select 's' as source, 'conform' as stage")
    assert unreadable.find(house, rows) == ("amount",)
    replace(house, "s", steps(rows, Counted(lines=_lines(house, rows), unreadable=("amount",))))
    sources = {table: house.rows(f"select source from {table.name} order by 1") for table in (*STAGING, REJECTS)}
    none = (LINES, GAVE_WAY, REUSED, UNDATED_OPTOUTS, REPEATS)
    assert [sources.pop(table) for table in none] == [[("other",)]] * len(none)
    assert sources.pop(REJECTS) == [("other",), ("s",)]
    assert all(found == [("other",), ("s",)] for found in sources.values())
    assert house.rows(f"select stage from {REJECTS.name} where source = 's'") == [("read",)]
    replace(house, "s", ())
    assert all(house.rows(f"select source from {table.name}") == [("other",)] for table in STAGING)
